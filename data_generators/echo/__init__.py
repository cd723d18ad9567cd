"""Echocardiograms of beating hearts."""

from data_generators.echo.cardiomyopathies import ECHO_CARDIOMYOPATHIES, make_echo_cardiomyopathies
from data_generators.echo.chambers import make_echo_chambers
from data_generators.echo.quality import make_echo_quality
from data_generators.echo.recording import record_echo
from data_generators.echo.scanner import ECHO_CHAMBERS, ECHO_MACHINES
from data_generators.echo.views import make_echo_views
from data_generators.echo.volumes import ECHO_VOLUMES, make_echo_lv_volumes

__all__ = [
    "ECHO_CARDIOMYOPATHIES",
    "ECHO_CHAMBERS",
    "ECHO_MACHINES",
    "ECHO_VOLUMES",
    "make_echo_cardiomyopathies",
    "make_echo_chambers",
    "make_echo_lv_volumes",
    "make_echo_quality",
    "make_echo_views",
    "record_echo",
]
