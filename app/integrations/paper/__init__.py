"""Documents as PDF, by Typst."""

from app.integrations.paper.typst_paper import TypstPaper

__all__ = ["TypstPaper"]
