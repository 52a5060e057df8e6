"""Charts as SVG, each drawn for a wide and for a narrow place. Colours are variables of the page's CSS."""
