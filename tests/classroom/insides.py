"""What the course takes from inside nbgrader and its like, and whether it is still as it was when somebody read it.

python tests/classroom/insides.py    # writes new digests into insides.toml, once what has changed has been read
"""

import ast
import functools
import hashlib
import importlib.util
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from jupyter_core.paths import jupyter_path

COURSE = Path(__file__).resolve().parents[2] / "course_utils"
TABLE = COURSE / "classroom" / "insides.toml"
PACKAGES = ("nbgrader", "nbconvert", "nbclient", "jupyter_client", "ipykernel")


def table():
    """Return the rows by the names of what they tell of, and the version in which each package was read."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return rows, rows.pop("read_in")


def complaint(name, row, read_in):
    """Return the sentence for whoever raised a version, if what `name` stands for has changed; else nothing."""
    if digest_of(name) == row["digest"]:
        return ""
    package = re.match(r"\w+", name)[0]
    files = " and ".join(file for file in row if file != "digest")
    return (
        f"{name} is not in {package} {version(package)} what it was in {read_in[package]}: read it, then {files} "
        "in course_utils, and renew its digest by `python tests/classroom/insides.py`."
    )


def digest_of(name):
    """Return a digest of what `module:Class.attribute`, or the file of a template, holds; nothing if it is gone.

    Docstrings, comments and help texts do not count, nor does the version of Python that reads the source.
    """
    module, _, inside = name.partition(":")
    content = source_of(module)
    if inside:
        nodes = [bare(content)]
        for part in inside.split("."):
            nodes = [each for node in nodes for each in node.body if part in names_of(each)]
        content = "\n".join(map(shape, nodes))
    return hashlib.sha256(content.encode()).hexdigest()[:12] if content else ""


@functools.cache
def source_of(module):
    """Return the text of a module, or of a template in a package or among Jupyter's data; nothing if it is gone."""
    package = importlib.util.find_spec(re.match(r"\w+", module)[0])
    installed = Path(package.origin).parents[1]
    if module.endswith(".j2"):
        places = [Path(folder, module) for folder in (installed, *jupyter_path())]
    else:
        places = [installed / f"{module.replace('.', '/')}.py"]
    return next((path.read_text(encoding="utf-8") for path in places if path.is_file()), "")


def names_of(node):
    """Return the names that a statement defines in a class or module; a `@default` gives its option another value."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for decorator in node.decorator_list:
                match decorator:
                    case ast.Call(ast.Name("default"), [ast.Constant(option)]):
                        return {option}
            return {node.name}
        case ast.Assign():
            return {each.id for each in node.targets if isinstance(each, ast.Name)}
        case ast.AnnAssign(ast.Name(name)):
            return {name}
    return set()


@functools.cache
def bare(source):
    """Return the syntax of what runs in a module: no docstring, and no text for readers of options."""
    return Bare().visit(ast.parse(source))


class Bare(ast.NodeTransformer):
    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_keyword(self, node):
        return None if node.arg == "help" else self.generic_visit(node)


def shape(node):
    """Return syntax as text, the same in every version of Python, which `ast.dump` is not."""
    if isinstance(node, ast.AST):
        fields = (f"{name}={shape(inside)}" for name, inside in ast.iter_fields(node) if inside not in (None, []))
        return f"{type(node).__name__}({', '.join(fields)})"
    return f"[{', '.join(map(shape, node))}]" if isinstance(node, list) else repr(node)


def modules():
    """Return the files of the course that may take something from inside, by the names of their modules."""
    paths = [path for path in sorted(COURSE.rglob("*.py")) if path.name != "__init__.py"]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    found = [path for path in paths if "classroom" in path.parts or any(each in texts[path] for each in PACKAGES)]
    return {".".join(path.relative_to(COURSE.parent).with_suffix("").parts): path for path in found}


def overrides(module, path):
    """Yield the name of each attribute of the packages' classes for which a class in a module has one of its own."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            bases = getattr(module, node.name).__mro__[1:]
            theirs = [base for base in bases if base.__module__.partition(".")[0] in PACKAGES]
            for name in sorted(set().union(*map(names_of, node.body))):
                for base in theirs:
                    if name in vars(base):
                        yield f"{base.__module__}:{base.__qualname__}.{name}"
                        break


def private_names(paths):
    """Return the private attributes that the course uses and does not define itself."""
    used, own = set(), set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            own |= names_of(node)
            if isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr) and ast.unparse(node) != "os._exit":
                (used if isinstance(node.ctx, ast.Load) else own).add(node.attr)
    return used - own


def renew():
    """Write the digests and versions of what is installed here into the table, and say what has changed."""
    rows, read_in = table()
    text = TABLE.read_text(encoding="utf-8")
    for package in read_in:
        text = re.sub(rf'^{package} = ".*"$', f'{package} = "{version(package)}"', text, flags=re.MULTILINE)
    for name, row in rows.items():
        if (digest := digest_of(name)) != row["digest"]:
            print(name)
            heading = re.escape(f'["{name}"]')
            text = re.sub(rf'({heading}\n(?:.+\n)*?digest = )".*"', rf'\g<1>"{digest}"', text)
    TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
