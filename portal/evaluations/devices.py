"""The kind of device that a browser says it is, in eight classes: enough to see a burst of ratings, too few to tell people."""

_SYSTEMS = {"android": "android", "iphone": "ios", "ipad": "ios"}
_TABLETS = ("ipad", "tablet")


def device_class(agent: str) -> str:
    """`phone-`, `tablet-` or `desktop-` with `android`, `ios` or `other`; `unknown` where the browser says nothing.

    Tablets with Android leave out “Mobile”, which its phones say.
    """
    words = agent.lower()
    system = next((name for mark, name in _SYSTEMS.items() if mark in words), "other")
    is_tablet = any(mark in words for mark in _TABLETS) or (system == "android" and "mobile" not in words)
    if not words:
        return "unknown"
    if is_tablet:
        return f"tablet-{system}"
    return f"phone-{system}" if system != "other" or "mobile" in words else "desktop-other"
