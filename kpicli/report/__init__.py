"""Report: a question and a config become an answer, with its base and what was left out.

`question` is what is asked, `data` gets it out of the files, `answer` computes and assembles,
`types` is what renderers see.
"""

from kpicli.report.answer import compute
from kpicli.report.question import Question
from kpicli.report.types import MetricInfo, Option, Report, Row, Skipped

__all__ = ["MetricInfo", "Option", "Question", "Report", "Row", "Skipped", "compute"]
