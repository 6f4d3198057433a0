"""Draws a talking head: the moving parts on the still ones, shrunk so that every edge is smooth."""
import cv2
import numpy as np

from head import CX, CY, FULL, SCALE, SIZE, fixed, render_body, render_head
from labels import stream
from look import look_of


def polygon(image, points, colour):
    cv2.fillPoly(image, [fixed(points)], tuple(float(c) for c in colour), cv2.LINE_AA, 4)


def line(image, points, colour, width):
    cv2.polylines(image, [fixed(points)], False, tuple(float(c) for c in colour), max(1, round(width * SCALE)), cv2.LINE_AA, 4)


def disc(image, x, y, radius, colour):
    centre = fixed([(x, y)])[0]
    cv2.circle(image, (int(centre[0]), int(centre[1])), round(radius * SCALE * 16), tuple(float(c) for c in colour), -1, cv2.LINE_AA, 4)


def blend_line(image, points, colour, width, opacity, blur):
    """A soft line: drawn as a mask over its neighbourhood and blurred."""
    p = fixed(points) / 16
    pad = int((width + 3 * blur) * SCALE) + 2
    x0, y0 = np.maximum(p.min(0).astype(int) - pad, 0)
    x1, y1 = np.minimum(p.max(0).astype(int) + pad, FULL)
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.polylines(mask, [fixed(points) - np.array([x0, y0]) * 16], False, 255, max(1, round(width * SCALE)), cv2.LINE_AA, 4)
    mask = cv2.GaussianBlur(mask, (0, 0), blur * SCALE)[..., None].astype(np.float32) * (opacity / 255)
    part = image[y0:y1, x0:x1]
    part[:] = (part * (1 - mask) + np.asarray(colour, np.float32) * mask).astype(np.uint8)


def draw_eye(image, look, pose, side, dx, dy):
    x, y = side * look.eye_gap + dx, -7.5 + dy
    w = 7.4 * look.eye_size
    up, low = 4.3 * look.eye_size * pose.lid, 2.7 * look.eye_size * (1 - 0.75 * pose.squint)
    if pose.lid < 0.3:
        low *= 0.4
    u = np.linspace(-1, 1, 25)
    tilt = -0.5 * side * u
    top = np.stack([x + w * u, y + tilt - up * (1 - np.abs(u) ** 2.2)], 1)
    bottom = np.stack([x + w * u, y + tilt + low * (1 - u**2)], 1)
    skin = look.skin
    blend_line(image, top - [0, 2.6], skin * 0.55, 1.0, 0.55, 0.5)  # crease
    if pose.squint > 0.1:
        blend_line(image, bottom[4:-4] + [0, 2.2], skin * 0.6, 0.8, 0.6 * pose.squint, 0.5)
    almond = np.concatenate([top, bottom[::-1]])
    p = fixed(almond) / 16
    (x0, y0), (x1, y1) = p.min(0).astype(int) - 3, p.max(0).astype(int) + 4
    x0, y0 = max(x0, 0), max(y0, 0)
    patch = np.empty((y1 - y0, x1 - x0, 3), np.uint8)
    fade = np.linspace(0.74, 1.0, y1 - y0)[:, None, None]
    patch[:] = np.clip(np.array([226, 230, 234]) * fade, 0, 255).astype(np.uint8)
    gx, gy = x + pose.gaze[0], y - 0.4 + pose.gaze[1]
    whole = image[y0:y1, x0:x1].copy()
    image[y0:y1, x0:x1] = patch
    r = 3.7 * look.eye_size
    disc(image, gx, gy, r, look.eyes * 0.55)
    disc(image, gx, gy, r * 0.84, look.eyes)
    disc(image, gx, gy, r * 0.45, (14, 12, 12))
    disc(image, gx - 1.1, gy - 1.3, 0.85, (250, 250, 250))
    eye = image[y0:y1, x0:x1].copy()
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillPoly(mask, [fixed(almond) - np.array([x0, y0]) * 16], 255, cv2.LINE_AA, 4)
    m = mask[..., None].astype(np.float32) / 255
    image[y0:y1, x0:x1] = (whole * (1 - m) + eye * m).astype(np.uint8)
    line(image, top, (look.hair * 0.25 + 10), 1.15 if look.female else 0.85)
    if look.female:
        line(image, [top[0 if side < 0 else -1], top[0 if side < 0 else -1] + [side * 1.6, -1.4]], look.hair * 0.25 + 10, 0.8)
    blend_line(image, bottom, skin * 0.45, 0.5, 0.6, 0.25)


def draw_brow(image, look, pose, side, dx, dy):
    closer = max(0.0, -pose.inner) * 0.35
    u = np.linspace(0, 1, 20)
    x = side * (6.6 - closer + 17.5 * u) + dx
    arch = 2.6 * np.sin(np.pi * np.clip(u * 0.85 + 0.1, 0, 1))
    y = -16.4 + dy - pose.raised - arch - pose.inner * (1 - u) ** 1.3 + 0.55 * pose.inner * u**1.5
    half = look.brow * (0.62 + 0.5 * np.sin(np.pi * np.clip(u + 0.15, 0, 1))) * (1 - 0.65 * u**3) * 0.62
    points = np.concatenate([np.stack([x, y - half], 1), np.stack([x, y + half], 1)[::-1]])
    blend_line(image, np.stack([x, y + 0.4], 1), look.hair * 0.6, look.brow * 0.9, 0.5, 0.7)
    polygon(image, points, look.hair * 0.55 + look.skin * 0.06)


def draw_mouth(image, look, pose, dx, dy):
    s = pose.smile / 3
    w = look.mouth * (1 + (0.20 if s > 0 else 0.10) * s) * (1 - 0.10 * pose.open)
    y0 = 24.2 + dy - 0.6 * s
    u = np.linspace(-1, 1, 41)
    middle = y0 - 5.6 * s * (np.abs(u) ** 1.8 - 0.40)
    teeth = max(0.0, s - 0.25) * 3.2
    gap = 8.2 * pose.open + teeth * (1 - 0.4 * pose.open)
    arc = np.clip(1 - u**2, 0, 1)
    upper_in = middle - 0.22 * gap * arc
    lower_in = middle + 0.78 * gap * arc**0.9
    thick_up, thick_low = (2.6, 3.5) if look.female else (2.0, 2.9)
    bow = 1 - 0.30 * np.exp(-((u / 0.14) ** 2))
    upper_out = upper_in - thick_up * arc**0.75 * bow * (1 - 0.15 * s)
    lower_out = lower_in + thick_low * arc**0.65 * (1 - 0.12 * abs(s))
    x = dx + w * u
    column = lambda y: np.stack([x, y], 1)
    blend_line(image, column(lower_out + 1.2)[10:-10], look.skin * 0.55, 1.5, 0.45, 0.8)
    polygon(image, np.concatenate([column(upper_out), column(lower_out)[::-1]]), look.lips * 0.92)
    polygon(image, np.concatenate([column(upper_out), column(upper_in)[::-1]]), look.lips * 0.80)
    blend_line(image, column(lower_in + 0.52 * (lower_out - lower_in))[12:-12], np.minimum(look.lips * 1.35, 255), 1.1, 0.6, 0.6)
    if gap > 0.7:
        polygon(image, np.concatenate([column(upper_in), column(lower_in)[::-1]]), (34, 26, 62))
        tongue = lower_in - 0.30 * (lower_in - upper_in)
        polygon(image, np.concatenate([column(tongue), column(lower_in - 0.3)[::-1]])[8:-8], (92, 84, 158))
        rows = upper_in + np.minimum(2.9, 0.62 * gap) * arc**0.5
        if gap > 1.3:
            polygon(image, np.concatenate([column(upper_in + 0.2)[4:-4], column(np.minimum(rows, lower_in))[4:-4][::-1]]), (222, 230, 234))
    line(image, column(upper_in), look.lips * 0.42, 0.55)
    for side in (-1, 1):  # corners, folds
        end = np.array([dx + side * w, middle[0]])
        blend_line(image, [end, end + [side * 1.5, -1.8 * s - 0.2]], look.skin * 0.42, 1.0, 0.75, 0.35)
        fold = 0.30 * look.age + max(0.0, s) * 0.75 + max(0.0, -s) * 0.3
        if fold > 0.1:
            t = np.linspace(0, 1, 12)
            start = np.array([dx + side * 7.6 * look.nose, 11.5 + dy])
            stop = end + [side * (3.4 + 1.4 * max(0, s)), -1.5 + 1.5 * max(0, -s)]
            way = start + (stop - start) * t[:, None] + np.stack([side * 3.0 * np.sin(np.pi * t), 0 * t], 1)
            blend_line(image, way, look.skin * 0.52, 0.9, min(0.75, fold), 0.6)
        if s < -0.15:  # lines that run down from the corners
            blend_line(image, [end + [side * 0.8, 1], end + [side * 2.6, 5.5]], look.skin * 0.5, 1.0, min(0.7, -0.8 * s), 0.6)
        if s > 0.2:  # cheeks pushed up
            blend_line(image, [(side * 15 + dx, 6 + dy), (side * 22 + dx, 5 + dy)], np.minimum(look.skin * 1.18, 255), 5, 0.5 * s, 2.0)
    if look.moustache:
        t = np.linspace(-1, 1, 21)
        top = np.stack([dx + w * 0.95 * t, y0 - 7.0 - 5.6 * s * 0.5 * (t**2 - 0.4) + 2.2 * np.abs(t) ** 2], 1)
        low = np.stack([dx + w * 1.0 * t, upper_out[::2] - 0.6 + 0.5 * np.abs(t)], 1)
        polygon(image, np.concatenate([top, low[::-1]]), look.hair * 0.8)


def draw_frown(image, look, pose, dx, dy):
    if pose.inner < -0.6:
        for side in (-1, 1):
            strength = min(0.75, -0.2 * pose.inner)
            blend_line(image, [(side * 2.4 + dx, -20 + dy), (side * 1.9 + dx, -13.5 + dy)], look.skin * 0.5, 0.9, strength, 0.5)
    if pose.inner > 0.8:
        u = np.linspace(-1, 1, 15)
        for y in (-25.5, -28.5):
            blend_line(image, np.stack([dx + 9 * u, y + dy - 1.2 * (1 - u**2)], 1), look.skin * 0.55, 0.8, min(0.55, 0.15 * pose.inner), 0.5)


def draw_glasses(image, look, dx, dy):
    t = np.linspace(0, 2 * np.pi, 50)
    for side in (-1, 1):
        x = side * look.eye_gap + dx * 0.9
        line(image, np.stack([x + 10.6 * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.7, -6.5 + dy + 8.2 * np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 0.7], 1),
             (48, 44, 50), 0.9)
        line(image, [(x + side * 10.4, -8 + dy), (side * (look.width - 1), -9 + dy)], (48, 44, 50), 0.9)
    line(image, [(-look.eye_gap + 10.4 + dx, -7.5 + dy), (dx, -8.6 + dy), (look.eye_gap - 10.4 + dx, -7.5 + dy)], (48, 44, 50), 0.9)


class Painter:
    """Draws one clip's frames."""

    def __init__(self, clip):
        self.look = look_of(clip.speaker)
        rng = stream(f"frame {clip.name}")
        gain = rng.uniform(0.90, 1.08) * np.array([1 + rng.uniform(-0.04, 0.04), 1.0, 1 + rng.uniform(-0.04, 0.04)])
        colours, alpha = render_head(self.look, clip)
        self.head = np.clip(colours * gain, 0, 255).astype(np.uint8)
        self.alpha = alpha
        body = np.clip(render_body(self.look, clip) * gain, 0, 255)
        self.back = cv2.resize(body, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        self.zoom = rng.uniform(0.93, 1.04)
        self.at = rng.uniform(-5, 5), rng.uniform(-3, 3)

    def draw(self, pose):
        image = self.head.copy()
        dx, dy = pose.yaw, pose.nod
        draw_frown(image, self.look, pose, dx, dy)
        for side in (-1, 1):
            draw_eye(image, self.look, pose, side, dx, dy)
            draw_brow(image, self.look, pose, side, dx, dy)
        draw_mouth(image, self.look, pose, dx, dy)
        if self.look.glasses:
            draw_glasses(image, self.look, dx, dy)
        turn = cv2.getRotationMatrix2D((CX * SCALE, (CY + 40) * SCALE), pose.roll, 1.0)
        turn[:, 2] += [pose.dx * SCALE, pose.dy * SCALE]
        image = cv2.warpAffine(image, turn, (FULL, FULL), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpAffine(self.alpha, turn, (FULL, FULL), flags=cv2.INTER_LINEAR)
        small = cv2.resize(image, (SIZE, SIZE), interpolation=cv2.INTER_AREA).astype(np.float32)
        cover = cv2.resize(alpha, (SIZE, SIZE), interpolation=cv2.INTER_AREA)[..., None]
        frame = small * cover + self.back * (1 - cover)
        shift = np.array([[self.zoom, 0, (1 - self.zoom) * CX + self.at[0]], [0, self.zoom, (1 - self.zoom) * CY + self.at[1]]])
        frame = cv2.warpAffine(frame, shift, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.clip(np.round(frame), 0, 255).astype(np.uint8)
