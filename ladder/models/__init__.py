"""What we make of the facts: ladders and their rules, where everybody stands, what is to be done."""

from ladder.models.actions import Action, ActionEvent, Programme, ProgrammeStep
from ladder.models.ladders import Edition, Ladder, Rung, Step
from ladder.models.overrides import Override
from ladder.models.runs import Quarantine, Stretch
from ladder.models.simulations import Backtest, SimulatedMove, Simulation
from ladder.models.standing import Chosen, Chunk, Outlook, Placement, Point, Run, Scorecard, StaleMark

__all__ = [
    "Action",
    "ActionEvent",
    "Backtest",
    "Chosen",
    "Chunk",
    "Edition",
    "Ladder",
    "Outlook",
    "Override",
    "Placement",
    "Point",
    "Programme",
    "ProgrammeStep",
    "Quarantine",
    "Run",
    "Rung",
    "Scorecard",
    "SimulatedMove",
    "Simulation",
    "StaleMark",
    "Step",
    "Stretch",
]
