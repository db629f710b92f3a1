"""Pure scoring: facts in, sheets out, exactly."""

from kaohe.scheme import periods as periods
from kaohe.scheme.problems import BadFacts as BadFacts
from kaohe.scheme.problems import Problem as Problem
from kaohe.scoring.checking import check as check
from kaohe.scoring.checking import check_record as check_record
from kaohe.scoring.encoding import encode as encode
from kaohe.scoring.encoding import encode_facts as encode_facts
from kaohe.scoring.explaining import explain as explain
from kaohe.scoring.facts import Facts as Facts
from kaohe.scoring.facts import Record as Record
from kaohe.scoring.facts import Subject as Subject
from kaohe.scoring.pipeline import Scored as Scored
from kaohe.scoring.pipeline import score as score
from kaohe.scoring.pipeline import score_again as score_again
from kaohe.scoring.pipeline import score_first as score_first
from kaohe.scoring.reading import decode_facts as decode_facts
from kaohe.scoring.sheets import Award as Award
from kaohe.scoring.sheets import Line as Line
from kaohe.scoring.sheets import Result as Result
from kaohe.scoring.sheets import Sheet as Sheet
