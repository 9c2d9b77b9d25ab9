# The front door. `make` builds build/vexlog, `make check` tells whether all
# of it works, `make demo` shows what it is for.

MESON	     ?= meson
NINJA	     ?= ninja
FUZZ_SECONDS ?= 60
PREFIX	     ?= /usr/local

all: build/vexlog

# Installs what is missing and nothing else; VEXLOG_DEPS=no leaves that to you.
deps:
	@tools/deps.sh build

build/build.ninja: | deps
	$(MESON) setup build

build/vexlog: build/build.ninja FORCE
	$(NINJA) -C build
	@ln -sf src/cli/vexlog build/vexlog

# init, ingest, link, decide, verify and a trace, from real documents
demo: all
	@tools/demo.sh build/vexlog

# Every test, with AddressSanitizer and UndefinedBehaviorSanitizer; ends with
# "N passed, N failed" counted from what the tests printed.
check:
	@tools/deps.sh build check
	@test -e build-check/build.ninja || \
	    $(MESON) setup build-check -Db_sanitize=address,undefined
	$(NINJA) -C build-check
	@rm -f build-check/meson-logs/testlog.json
	@$(MESON) test -C build-check --no-rebuild --print-errorlogs \
	    --timeout-multiplier 3; tests=$$?; \
	    python3 tools/report.py build-check/meson-logs/testlog.json && \
	    test $$tests -eq 0

# Each target for FUZZ_SECONDS; FUZZ=name runs one. fuzz-merge keeps what the
# runs reached that the corpus did not, fuzz-coverage counts it.
fuzz:
	@tools/deps.sh build fuzz
	@tools/fuzz.sh $(FUZZ_SECONDS) $(FUZZ)

fuzz-merge fuzz-coverage:
	@tools/deps.sh build fuzz
	@tools/fuzz.sh $(@:fuzz-%=%) $(FUZZ)

# Is the built program what SECURITY.md says of it.
hardening: all
	@tools/hardening.sh build/vexlog

# What it is made of, as CycloneDX, in build/vexlog.cdx.json.
sbom: all
	@tools/sbom.py build/vexlog --output build/vexlog.cdx.json
	@echo build/vexlog.cdx.json

# Two builds in two folders give the same bytes.
reproducible:
	@tools/deps.sh build
	@tools/reproducible.sh

# Breaks the program at every step, in memory, on disk, by kill -9 and power
# cuts, and writes docs/reliability.md. FAULTS=link does the rows with "link".
faults: all
	@tools/deps.sh build check
	@tools/faults.py -j $$(nproc) \
	    --write $(if $(FAULTS),/dev/null,docs/reliability.md) \
	    build/vexlog build/tests/faults/libfaults.so $(FAULTS)

# With other people's programs: libraries that read our exports, real Rekor
# servers. Slow and from registries, so not part of check.
interop: all
	@tools/deps.sh interop
	@tests/interop/export.sh build/vexlog
	@tests/interop/canon.sh build/vexlog
	@tests/interop/rekor.sh build/vexlog
	@tests/migration/flyway.sh
	@tests/interop/postgresql.sh

# The page of a trace in a real Chromium; PICTURES=folder keeps what it shows.
pages: all
	@tools/deps.sh pages
	@tests/interop/pages.sh build/vexlog $(PICTURES)

# Beside peers and floors; writes docs/benchmarks.md. AREA=core runs one area.
bench: all
	@tools/deps.sh build bench
	@tools/bench.py --write $(if $(AREA),--area $(AREA)) build/vexlog

# The same on small inputs, in minutes: do all rows work?
bench-quick: all
	@tools/deps.sh build bench
	@tools/bench.py --quick $(if $(AREA),--area $(AREA)) build/vexlog

# Not part of check: slow, and its opinions are worth a look, not a failure.
lint: build/build.ninja
	@tools/deps.sh lint
	@tools/lint.sh build

# What the tests reach of src/, in a build of its own; writes docs/coverage.md.
coverage:
	@tools/deps.sh build check coverage
	@test -e build-coverage/build.ninja || \
	    $(MESON) setup build-coverage -Db_coverage=true -Dbuildtype=debug
	$(NINJA) -C build-coverage
	@find build-coverage -name '*.gcda' -delete
	$(MESON) test -C build-coverage --no-rebuild --timeout-multiplier 6
	@tools/coverage.py --write docs/coverage.md build-coverage

# Writes what really happened to docs/qa/feature-checks; RUN=run-001 names a
# failed run to be tested again.
evidence:
	@tools/deps.sh build check
	@python3 tools/evidence.py $(if $(RUN),--run $(RUN))

install: all
	$(MESON) configure build -Dprefix=$(PREFIX) >/dev/null
	$(MESON) install -C build

clean:
	rm -rf build build-check build-coverage build-fuzz

FORCE:
.PHONY: all deps demo check coverage evidence faults hardening sbom reproducible fuzz fuzz-merge fuzz-coverage interop pages bench bench-quick lint install clean FORCE
