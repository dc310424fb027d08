"""Write the generated pages that are not current: ``python -m sim.reference``, in a checkout."""

import click

from sim.constants import PACKAGE
from sim.reference.pages import write

for written in write(PACKAGE.parent):
    click.echo(f"written: {written}")
