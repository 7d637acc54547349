"""What usage costs: records priced by the catalogue, money for those that come unpriced, receipts."""
