"""Log-mel front end; src/engines/mesh/log_mel.cpp computes the same numbers.

16 kHz mono; frame i is centred at (i + 0.5) * 10 ms: a 25 ms Hann window over
samples 160 i - 120 ... 160 i + 279 (zeros before the first), FFT of 512, power,
48 triangular bands equally spaced in mel (HTK formula) from 60 to 7600 Hz,
ln(power + 1e-7).
"""
import numpy as np

RATE_HZ = 16000
HOP = 160
WINDOW = 400
LEFT = 120
FFT = 512
BANDS = 48
LOW_HZ, HIGH_HZ = 60.0, 7600.0
FLOOR = 1e-7


def _mel(hz):
    return 2595.0 * np.log10(1.0 + hz / 700.0)


def filter_bank():
    """[BANDS, FFT / 2 + 1], triangles of height 1 over the bin's mel value."""
    edges = np.linspace(_mel(LOW_HZ), _mel(HIGH_HZ), BANDS + 2)
    bins = _mel(np.arange(FFT // 2 + 1) * RATE_HZ / FFT)
    rise = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)


_BANK = filter_bank()
_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def mel_power(samples):
    """[frames, BANDS]; frames = ceil(samples / HOP)."""
    frames = -(-len(samples) // HOP)
    padded = np.zeros(LEFT + frames * HOP + WINDOW, np.float32)
    padded[LEFT:LEFT + len(samples)] = samples
    index = np.arange(frames)[:, None] * HOP + np.arange(WINDOW)[None]
    spectrum = np.fft.rfft(padded[index] * _HANN, FFT)
    return ((spectrum.real ** 2 + spectrum.imag ** 2) @ _BANK.T).astype(np.float32)


def log_mel(samples):
    return np.log(mel_power(samples) + FLOOR)


def quiet(frames):
    """Log-mel of no sound at all."""
    return np.full((frames, BANDS), np.log(FLOOR), np.float32)


def moved_bands(mel, factor):
    """Each band takes the place `factor` (one, or one a band) times its own: another vocal tract."""
    at = np.clip(np.arange(48) * np.asarray(factor), 0, 47)
    low = np.minimum(at.astype(int), 46)
    part = (at - low).astype(np.float32)
    return mel[:, low] * (1 - part) + mel[:, low + 1] * part


def relief(x, more):
    """Bands farther from the mean of their neighbourhood by a share, or, below 0, nearer: another pitch
    shows the voice's harmonics less, and most synthesisers show less of it all than people do."""
    padded = np.pad(x, ((0, 0), (1, 1)), "edge")
    return x + more * (x - (padded[:, :-2] + x + padded[:, 2:]) / 3)
