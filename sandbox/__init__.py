"""An embedded warehouse filled with simulated events, to run the whole project without a cluster."""
