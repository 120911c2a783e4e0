import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
project = "A manual with a lab in it"
extensions = ["serviceaccount_lab"]
html_theme = "alabaster"
