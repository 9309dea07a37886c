"""What the caller feels, as Prometheus metrics; docs/ops/alarms.md explains each one.

Buckets end where our own promises do (0.4 s to the first word, 0.45 s to fall silent, 0.9 and
1.3 s to an answer, 1.6 s under load), so that an alarm can ask for the share that kept them.
"""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_SECONDS: Final = (0.1, 0.2, 0.3, 0.4, 0.45, 0.6, 0.8, 0.9, 1.0, 1.3, 1.6, 2.0, 3.0, 5.0)
_ENGINE_SECONDS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 1.5, 2.0, 5.0)
_CALL_SECONDS: Final = (5, 15, 30, 60, 120, 180, 300, 600, 1800)

# --- how calls go

CALLS = Counter("ivr_calls", "Calls by how they ended", ["outcome"])
CALLS_IN_PROGRESS = Gauge("ivr_calls_in_progress", "Calls being served right now")
CALL_S = Histogram("ivr_call_seconds", "Pick-up to the end of a call", buckets=_CALL_SECONDS)
OPENINGS = Counter("ivr_openings", "Greetings by kind", ["kind", "held_out"])
TURNS = Counter("ivr_turns", "Caller's turns by how they were taken", ["language", "kind"])

# --- what callers feel

FIRST_WORD_S = Histogram("ivr_first_word_seconds", "Pick-up to our first word", buckets=_SECONDS)
SILENCE_S = Histogram("ivr_silence_seconds", "Caller stops to our first sound", buckets=_SECONDS)
FALL_SILENT_S = Histogram(
    "ivr_fall_silent_seconds", "Caller starts over our prompt to our silence", buckets=_SECONDS
)
FALSE_STARTS = Counter("ivr_false_starts", "Sounds over our prompt that meant nothing")
FALSE_STOPS = Counter(
    "ivr_false_stops", "Prompts cut by a sound without words, then taken up again"
)
BARGE_INS = Counter("ivr_barge_ins", "Prompts cut by the caller")

# --- what callers felt, measured from recordings once the call is over

EAR_CALLS = Counter("ivr_ear_calls", "Calls measured at the caller's ear")
EAR_UNMEASURED = Counter("ivr_ear_unmeasured", "Recorded calls that were not measured", ["why"])
EAR_SILENCE_S = Histogram(
    "ivr_ear_silence_seconds", "Caller stops to our first sound, at the ear", buckets=_SECONDS
)
EAR_FALL_SILENT_S = Histogram(
    "ivr_ear_fall_silent_seconds", "Caller starts to our silence, at the ear", buckets=_SECONDS
)
EAR_TURNS = Counter("ivr_ear_turns", "Turns of callers")
EAR_PROMPTS = Counter("ivr_ear_prompts", "Prompts heard")
EAR_CUT_OFF = Counter("ivr_ear_cut_off_turns", "Turns in whose middle we began to speak")
EAR_FALSE_STOPS = Counter("ivr_ear_false_stops", "Prompts stopped by a sound under half a second")
EAR_MISSED = Counter("ivr_ear_missed_interruptions", "Interruptions we talked over")
EAR_GAPS = Counter("ivr_ear_gaps", "Holes of more than 40 ms cut into our speech")

# --- how engines do

ENGINE_FAILURES = Counter("ivr_engine_failures", "Failures by engine", ["engine", "kind"])
ENGINE_S = Histogram(
    "ivr_engine_seconds", "How long an engine took", ["engine"], buckets=_ENGINE_SECONDS
)
ENGINE_HEALTHY = Gauge(
    "ivr_engine_healthy", "1 when the engine was healthy when last asked", ["engine"]
)
FRAMES_DROPPED = Counter("ivr_frames_dropped", "Audio frames dropped because a queue was full")
FRAMES_LOST = Counter(
    "ivr_frames_lost", "Audio frames that the network lost: the next was repeated"
)
LINE_TROUBLES = Counter("ivr_line_troubles", "Calls whose audio arrived badly, by how", ["kind"])
EVENT_SOCKET_DROPS = Counter("ivr_event_socket_drops", "Losses of Asterisk's event socket")
CONTROLLERS_COLLIDED = Counter("ivr_controllers_collided", "Another controller took our events")
WORK_BROKEN = Counter("ivr_work_broken", "Mistakes that ended some work, but no call", ["work"])
CALLS_RELEASED = Counter("ivr_calls_released", "Calls given back to the dialplan's queue", ["why"])

EAR_WORDS_UNKNOWN = Gauge(
    "ivr_ear_words_unknown", "Words of the served flows that the ear does not know", ["language"]
)

# --- facts from other systems

LOOKUPS = Counter("ivr_lookups", "Lookups over HTTP by what came of them", ["flow", "result"])
LOOKUP_S = Histogram(
    "ivr_lookup_seconds", "How long a lookup over HTTP took", ["flow"], buckets=_ENGINE_SECONDS
)

# --- answer before asked

OFFERS_OFF = Gauge("ivr_offers_off", "1 while a guardrail keeps offers switched off")
GUESS_DRIFT = Gauge(
    "ivr_guess_drift", "Standard errors by which guesses are worse than when they were fitted"
)
