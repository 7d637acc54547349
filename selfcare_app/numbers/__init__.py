"""The number pool: masks, holds, number change, quarantine."""
