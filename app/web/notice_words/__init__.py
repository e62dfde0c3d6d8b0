"""What a notice says, in the reader's language: the same words in the inbox, on a locked screen and in mails."""

from app.web.notice_words.kinds import words_of
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded

__all__ = ["NoticeAction", "NoticeWords", "Worded", "words_of"]
