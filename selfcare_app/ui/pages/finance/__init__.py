"""Money: vouchers, promised payments, payments, the account, wrong payments."""
