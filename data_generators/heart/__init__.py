"""One beating heart in millimetres: its shapes, how it moves, what disease does to it, and where it is cut.

The right-handed axes are the left ventricle's own: z runs from the apex of its cavity (0) to the mitral valve, x to the
septum and so to the right ventricle, y to the anterior wall. What a picture makes of this is told in `render`.
"""
