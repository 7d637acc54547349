"""The only writer of money: accounts, operations, transfers, balances."""
