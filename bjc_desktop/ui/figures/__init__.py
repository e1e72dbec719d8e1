"""The indicators, their trend and the cases behind them."""
