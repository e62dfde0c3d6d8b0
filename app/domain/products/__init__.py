"""The shop: products, baskets, buying, and what recurs. One file a verb; shared words are in `terms`."""
