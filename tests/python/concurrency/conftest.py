"""The fixture of tests on both adapters."""

from concurrency.unlocking import _unlocking as _unlocking
from concurrency.unlocking import unlocking as unlocking
