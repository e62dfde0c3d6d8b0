from pathlib import Path


class AssetIndex:
    def url(self, name: str) -> str:
        return "/static/build/" + name
def load(root: Path) -> AssetIndex:
    (root / "build").mkdir(parents=True, exist_ok=True)
    return AssetIndex()
