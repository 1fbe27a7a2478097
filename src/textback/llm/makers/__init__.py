"""The makers of models, one module for each, so that only the libraries of those that are asked are loaded."""
