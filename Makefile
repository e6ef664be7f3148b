# make demo and make test are all that a newcomer needs; both fetch what they
# need by Go's own means.

GO ?= go

# The race detector needs a C compiler.
RACE := $(shell command -v $$($(GO) env CC) >/dev/null 2>&1 && echo -race)

.PHONY: all build demo test soak crash faults engines browser mishaps lint fuzz bench benchmarks release release-check clean

all: build

build:
	$(GO) build -o bin/tcimport ./cmd/tcimport

# demo runs the main job on the samples against a simulated instance.
demo: build
	@sh samples/demo.sh bin/tcimport

# Tests whose names begin with TestLarge do less under the race detector, or
# nothing: they run once more without it.
LARGE = $(sort $(dir $(shell grep -rl --include='*_test.go' '^func TestLarge' .)))

# test runs every test, and what else must hold of the code.
# TESTFLAGS=-v shows each of them. lint has vetted what they are compiled from.
# By default, each process of the race detector sleeps for a second at its end.
test: export GORACE = atexit_sleep_ms=0
test: lint
	$(GO) test -vet=off $(RACE) $(TESTFLAGS) ./...
ifneq ($(RACE),)
	$(GO) test -vet=off $(TESTFLAGS) -run '^TestLarge' $(LARGE)
endif

# soak runs many more rounds of the random tests: TEST_ROUNDS=100 make soak
TEST_ROUNDS ?= 20
soak:
	TEST_ROUNDS=$(TEST_ROUNDS) $(GO) test -count=1 -timeout 0 -run '^TestLargeRandom' $(LARGE)

# crash kills runs of all kinds at every step (Linux).
crash:
	cd cmd/tcimport && TEST_ROUNDS=10 $(GO) test -count=1 -timeout 0 -run '^TestLarge(Random)?Crashes$$'

# faults throws mixed faults at random runs of all kinds.
faults:
	cd cmd/tcimport && TEST_ROUNDS=10 $(GO) test -count=1 -timeout 0 -run '^TestLarge(Faults(OfJobs)?|BrokenJobs)$$'

# engines imports by v3 and by jobs, compares what is there in the end, and prints the requests of
# both: all real data, random imports, and 100,000 groups.
engines:
	cd cmd/tcimport && TEST_ROUNDS=10 $(GO) test -count=1 -timeout 0 -run '^TestLarge(Random)?Engines'
	cd cmd/tcimport && TEST_ROUNDS=50 $(GO) test -count=1 -timeout 0 -run '^TestLargeImportByJobs$$'

# browser tests the pages in a real browser, which root gets by apt.
browser:
	@for name in chromium chromium-browser google-chrome headless-shell; do command -v $$name >/dev/null && exit; done; \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { echo "make browser needs Chromium: install it (Debian: apt-get install chromium)" >&2; exit 1; }; \
	  apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium
	$(GO) vet -tags browser ./cmd/tcimport
	$(GO) test -count=1 -vet=off -tags browser -run '^TestBrowser' $(TESTFLAGS) ./cmd/tcimport

# staticcheck makes much garbage: a larger heap takes a third less time.
lint: export GOGC = 400
lint:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# fuzz gives each fuzz target a while: FUZZTIME=1m make fuzz
FUZZTIME ?= 20s
fuzz:
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$pkg || exit 1; \
	  done; \
	done

# mishaps prints the table of docs/identity.md again.
mishaps:
	$(GO) test -count=1 -v -run '^TestWhenThingsGoWrong$$' ./cmd/tcimport

# bench prints what an import costs, beside a bare parse and a bare loop of the same
# run: the tables of docs/performance.md. BENCHFLAGS=-million for ten times as much.
bench:
	@$(GO) run ./internal/bench $(BENCHFLAGS)

benchmarks:
	$(GO) test -run '^$$' -bench . -benchmem ./...

# release builds what users get for each platform, with checksums, into dist. The work
# tree has to be a clone without changes. make release TARGETS=linux/amd64 VERSION=v1.2.0
TARGETS ?= linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64
VERSION ?=
release:
	$(GO) run ./internal/release -targets '$(TARGETS)' -version '$(VERSION)'

# release-check builds a release in two clones in different folders, and compares them.
release-check:
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	for clone in one a/second; do \
	  git clone -q . "$$dir/$$clone" && \
	  (cd "$$dir/$$clone" && $(GO) run ./internal/release -targets '$(TARGETS)' -version '$(VERSION)') || exit 1; \
	done && \
	cmp "$$dir/one/dist/SHA256SUMS" "$$dir/a/second/dist/SHA256SUMS" && echo "Both builds are the same."

clean:
	rm -rf bin dist
