"""Write the generated pages that are not current: ``python -m sim.reference``, in a checkout."""

import click

from sim.reference.pages import write
from sim.reference.source import PACKAGE

for written in write(PACKAGE.parent):
    click.echo(f"written: {written}")
