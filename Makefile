# The front door. `make` makes the demo video; `make help` lists the rest.
PRESET  ?= release
PROGRAM := build/$(PRESET)/ditto-avatar
JOBS    ?= $(shell nproc)
# libFuzzer's time for each target, in seconds.
FUZZ_SECONDS ?= 60

PHOTO ?= assets/presenter.jpg
VOICE ?= assets/demo_voice.wav

.DEFAULT_GOAL := demo
.PHONY: demo build test serve bench format format-check asan tsan fuzz install-packages clean help

demo: build  ## out/demo.mp4 from the portrait and the voice in assets/ (or PHOTO=... VOICE=...)
	@mkdir -p out
	@$(PROGRAM) generate --photo "$(PHOTO)" --audio "$(VOICE)" --output "$(CURDIR)/out/demo.mp4" \
	    --progress "$$(test -t 2 && echo auto || echo none)"

build: install-packages  ## the program, build/release/ditto-avatar
	@scripts/build.sh $(PRESET) $(JOBS) ditto-avatar

test: install-packages  ## build everything and run all tests
	@scripts/build.sh $(PRESET) $(JOBS) all
	@ctest --preset $(PRESET)

serve: build  ## the studio in the browser: http://127.0.0.1:8080 (SERVE='--port 9000 ...')
	@$(PROGRAM) serve $(SERVE)

bench: install-packages  ## how fast each part is here and now, into docs/benchmarks.md
	@scripts/build.sh release $(JOBS) ditto-avatar download_bench
	@scripts/bench.sh build/release/ditto-avatar

format:  ## lay out the source with clang-format 14
	@scripts/format.sh

format-check:  ## the same, but only tell which files differ
	@scripts/format.sh --check

asan:  ## all tests with the address and undefined-behaviour sanitizers
	@$(MAKE) test PRESET=asan

tsan:  ## all tests with the thread sanitizer
	@$(MAKE) test PRESET=tsan

fuzz:  ## feed the file readers with broken input, FUZZ_SECONDS each
	@scripts/install.sh --dev
	@scripts/build.sh fuzz $(JOBS) all
	@scripts/fuzz.sh build/fuzz/fuzz $(FUZZ_SECONDS)

install-packages:
	@scripts/install.sh

clean:  ## remove build/ and out/ (third_party/node_modules stays)
	rm -rf build out

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s%s\n", $$1, $$2}' $(MAKEFILE_LIST)
