"""Customers in groups: by what they bought, where they stand, what they are worth against the risk, and their ways."""

from okaeri.predictions.segments.labels import labels_table
from okaeri.predictions.segments.lifecycle import lifecycle
from okaeri.predictions.segments.names import label_name
from okaeri.predictions.segments.personas import PersonaModel, fit_personas, personas
from okaeri.predictions.segments.profiles import Profiles, profiles_of
from okaeri.predictions.segments.rfm import rfm, rfm_scores
from okaeri.predictions.segments.segmentation import Group, Segmentation
from okaeri.predictions.segments.value_risk import value_risk

SCHEMES = ("rfm", "lifecycle", "value_risk", "persona")
"""The names under which labels of this room are kept, and by which figures can be split."""

__all__ = [
    "SCHEMES",
    "Group",
    "PersonaModel",
    "Profiles",
    "Segmentation",
    "fit_personas",
    "label_name",
    "labels_table",
    "lifecycle",
    "personas",
    "profiles_of",
    "rfm",
    "rfm_scores",
    "value_risk",
]
