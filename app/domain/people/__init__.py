"""The people a tenant knows: who they are, what they may do, and the contracts that make them members."""
