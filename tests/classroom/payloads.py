"""What a student may put into a notebook to have it run, or fetch something, where an instructor looks at it.

Whatever runs leaves its name in `window.top.hit`, and whatever is fetched has an address with `hit=` in it.
"""

import base64

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell


def run(name):
    """JavaScript that tells that it ran, with no quotation mark of the other kind in it."""
    return f"window.top.hit.push('{name}')"


def at(name):
    """An address of the instructor's server, which answers with what is in the folder."""
    return f"/api/contents?hit={name}"


def packed(name):
    return base64.b64encode(f"<script>{run(name)}</script>".encode()).decode()


STYLE = "/formgrader/static/css/nbgrader.css?hit="  # nothing but a style is read as one

MARKUP = {
    "script": f"<script>{run('script')}</script>",
    "guessed nonce": f"<script nonce='{{{{ resources.nonce }}}}'>{run('guessed nonce')}</script>",
    "script from a file handed in": "<script src='/files/evil.js'></script>",
    "module": f"<script type=module>{run('module')}</script>",
    "image error": f'<img src=x: onerror="{run("image error")}">',
    "image with a slash": f'<img/src="x:"/onerror="{run("image with a slash")}">',
    "image": f"<img src='{at('image')}'>",
    "image-set": f"<img srcset='{at('image-set')} 1x'>",
    "iframe srcdoc": f'<iframe srcdoc="<script>{run("iframe srcdoc")}</script>"></iframe>',
    "iframe": f"<iframe src='{at('iframe')}'></iframe>",
    "iframe javascript": f'<iframe src="javascript:{run("iframe javascript")}"></iframe>',
    "svg onload": f'<svg onload="{run("svg onload")}"></svg>',
    "svg script": f"<svg><script>{run('svg script')}</script></svg>",
    "svg animation": f'<svg><animate onbegin="{run("svg animation")}" attributeName=x dur=1s></svg>',
    "svg-image": f"<svg><image href='{at('svg-image')}'/></svg>",
    "details": f'<details open ontoggle="{run("details")}">x</details>',
    "focus": f'<input autofocus onfocus="{run("focus")}">',
    "video": f'<video src="x:" onerror="{run("video")}"></video>',
    "audio": f'<audio><source src=x: onerror="{run("audio")}"></audio>',
    "poster": f"<video poster='{at('poster')}'></video>",
    "object": f"<object data='{at('object')}'></object>",
    "embed": f"<embed src='{at('embed')}'>",
    "animation": "<style>@keyframes x{to{color:red}}</style>"
    f'<p style="animation-name:x" onanimationstart="{run("animation")}">x</p>',
    "style-import": f"<style>@import '{STYLE}style-import';</style>",
    "style": f"<p style=\"background:url('{at('style')}')\">x</p>",
    "stylesheet": f"<link rel=stylesheet href='{STYLE}stylesheet'>",
    "preload": f"<link rel=preload as=image href='{at('preload')}'>",
    "mutation": f'<noscript><p title="</noscript><img src=x: onerror={run("mutation")}>"></noscript>',
    "shadow": f'<div><template shadowrootmode=open><img src=x: onerror="{run("shadow")}"></template></div>',
    "link": f'<a class=click href="javascript:{run("link")}">link</a>',
    "link in disguise": f'<a class=click href="java&#10;script:{run("link in disguise")}">link</a>',
    "button": f'<form><button class=click formaction="javascript:{run("button")}">button</button></form>',
    "form": "<form action='/api/contents'><input name=hit value=form><button class=click>form</button></form>",
    "base": "<base href='/hit=base&/'><img src=x>",
    "comment": f"<!--><script>{run('comment')}</script>-->",
    "closing": f"</pre></div></textarea></title></style></script><script>{run('closing')}</script>",
}
"""Payloads as HTML. What has the class `click` waits for a click."""

TO_CLEAN = (
    f"<meta http-equiv=refresh content='0;url={at('refresh')}'>",
    "<math><mtext><table><mglyph><style><!--</style>"
    f'<img title="--&gt;&lt;img src=x: onerror={run("math")}&gt;"></table></mtext></math>',
)
"""What is left to cleaning: what leads elsewhere, which no policy stops, and what a poor cleaner brings to life."""

_SCRIPT = f'"><script>{run("metadata")}</script>'


def _shows(kind, content, **metadata):
    return new_output("display_data", {kind: content}, metadata=metadata)


def put_into(notebook, answer):
    """Put all payloads into a marked notebook: into text, outputs, attachments, metadata, and the cell `answer`."""
    every = "\n\n".join([*MARKUP.values(), *TO_CLEAN])
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{run("svg file")}"><script>{run("svg file")}</script></svg>'
    view = {"model_id": f"</script><script>{run('view')}</script>", "version_major": 2, "version_minor": 0}
    kind = f'image/png"><script>{run("kind")}</script>'
    picture = {"evil.svg": {"text/html": packed("attachment")}, "evil.png": {kind: "x"}}
    answer.source = f"In my own words. {every} <b class='full-credit' id='{answer.metadata.nbgrader.grade_id}'>mine</b>"
    outputs = [
        *(_shows("text/html", content) for content in (*MARKUP.values(), *TO_CLEAN)),
        _shows("text/html", MARKUP["script"], **{"text/html": {"isolated": True}}),
        _shows("image/svg+xml", svg),
        _shows("application/javascript", run("javascript")),
        _shows("text/latex", f"$x$ {every}"),
        _shows("text/markdown", every),
        _shows("text/plain", every),
        _shows("image/png", f"x{_SCRIPT}", **{"image/png": {"width": f"1 onerror={run('width')}", "alt": _SCRIPT}}),
        _shows("image/png", "x", filenames={"image/png": at("filename")}),
        _shows("application/vnd.jupyter.widget-view+json", view),
        new_output("stream", text=every),
        new_output("error", ename=every, evalue=every, traceback=[every, f"\x1b[31m{every}\x1b[0m"]),
    ]
    hung = [new_markdown_cell(each) for each in (*MARKUP.values(), *TO_CLEAN)]
    hung.append(new_markdown_cell(" ".join(f"![x](attachment:{name})" for name in picture), attachments=picture))
    hung.append(new_markdown_cell(f"[link](javascript:{run('markdown')}) ![x]({at('markdown')}) <{at('markdown')}>"))
    hung.append(new_raw_cell(every, metadata={"raw_mimetype": "text/html"}))
    hung.append(new_raw_cell(every))
    code = new_code_cell(f"# {every}", outputs=outputs, metadata={"tags": [_SCRIPT], "magics_language": _SCRIPT})
    foreign = {"grade": True, "grade_id": _SCRIPT, "locked": False, "points": 1, "schema_version": 3, "solution": True}
    notebook.cells += [*hung, code, new_code_cell("", metadata={"nbgrader": {**foreign, "task": False}})]
    notebook.metadata["title"] = f"</title>{_SCRIPT}"
    notebook.metadata["kernelspec"] = {"name": _SCRIPT, "display_name": _SCRIPT, "language": _SCRIPT}
    notebook.metadata["language_info"] = {"name": _SCRIPT, "pygments_lexer": _SCRIPT}
    state = {"m": {"model_name": f"</script><script>{run('state')}</script>"}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}
