"""The little signal processing that the tools need, with numpy alone: Debian's
scipy cannot be installed beside libboost1.81-dev.
"""
import math
import wave

import numpy as np


def read_wav(path):
    """First channel of a 16-bit WAV: float32 -1..1, and its rate in Hz."""
    with wave.open(path, "rb") as f:
        if f.getsampwidth() != 2:
            raise ValueError(path + " is not 16 bit")
        raw = np.frombuffer(f.readframes(f.getnframes()), "<i2")
        return raw[::f.getnchannels()].astype(np.float32) / 32768.0, f.getframerate()


def write_wav(path, samples, rate_hz):
    """samples -1..1 as 16-bit mono."""
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate_hz)
        f.writeframes(np.round(samples * 32767).astype("<i2").tobytes())


def resample(samples, from_hz, to_hz):
    """Band-limited, by cutting or extending the spectrum."""
    if from_hz == to_hz:
        return samples.astype(np.float32)
    step = from_hz // math.gcd(from_hz, to_hz)
    padded = -(-(len(samples) + 256) // step) * step
    out = padded * to_hz // from_hz
    spectrum = np.fft.rfft(samples, padded)
    bins = np.zeros(out // 2 + 1, spectrum.dtype)
    kept = min(len(bins), len(spectrum))
    bins[:kept] = spectrum[:kept]
    result = np.fft.irfft(bins, out) * (out / padded)
    return result[:int(np.ceil(len(samples) * to_hz / from_hz))].astype(np.float32)


def convolve(samples, response):
    """As long as samples."""
    n = len(samples) + len(response)
    product = np.fft.rfft(samples, n) * np.fft.rfft(response, n)
    return np.fft.irfft(product, n)[:len(samples)].astype(np.float32)


def band_pass(samples, low_hz, high_hz, order, rate_hz):
    """The magnitude of a Butterworth band-pass, without its delay."""
    n = len(samples) + rate_hz // 4
    hz = np.fft.rfftfreq(n, 1 / rate_hz)
    with np.errstate(divide="ignore"):
        off = np.abs(hz * hz - low_hz * high_hz) / np.maximum(hz * (high_hz - low_hz), 1e-9)
    gain = 1 / np.sqrt(1 + off ** (2 * order))
    return np.fft.irfft(np.fft.rfft(samples, n) * gain, n)[:len(samples)].astype(np.float32)


def rows_at(x, where):
    """Rows of x at fractional places, linearly between its own."""
    where = np.clip(where, 0, len(x) - 1)
    low = np.minimum(where.astype(int), len(x) - 2)
    part = (where - low).astype(np.float32)[:, None]
    return x[low] * (1 - part) + x[low + 1] * part
