"""Building an ear: `make.make` for the whole, `vocabulary.check` for one sentence."""
