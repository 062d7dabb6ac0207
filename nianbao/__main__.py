"""``python -m nianbao`` is the command line."""

from nianbao.cli import main

main(prog_name="nianbao")
