"""Plain Python that every floor may use: clock, money, time spans, refusals. Imports nothing of ours."""
