# make check is what CI runs, in the same order; each line can be run alone.
BIN := $(CURDIR)/.ci/bin

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# A fifth of what compiler and simulation do is to collect the garbage of small
# heaps. The screens are not driven beside anything: they have seconds to answer.
check: export GOGC = 400
check: tidy lint test race screen proof ## everything that CI runs

tidy: ## go.mod and go.sum are tidy, and the code is formatted
	go mod tidy -diff
	test -z "$$(gofmt -l .)"

lint: $(BIN) ## vet, staticcheck, complete switches over closed sets
	go vet ./...
	$(BIN)/staticcheck ./...
	$(BIN)/exhaustive -explicit-exhaustive-switch ./...
	$(BIN)/go-check-sumtype ./...

$(BIN): .ci/tools/go.mod .ci/tools/go.sum
	cd .ci/tools && GOBIN=$(BIN) go install tool
	touch $(BIN)

test: ## the plain tests, as in the README
	go test ./...

# What takes long and runs in one goroutine: it has nothing to show to the race detector.
ALONE := TestScreens|TestReviewScreens|TestWhateverIsPressedTheScreenStands|TestCrossing_(TheDoorIsNamed|NoAmountIsCut)
ALONE := $(ALONE)|TestRebuild|TestTampering.*|TestProperty_AnyHistory.*|TestFill_.*|TestFigures|TestStories_FindPlantedBugs

race: ## the same under the race detector, all but what runs in one goroutine
	GORACE=atexit_sleep_ms=0 go test -race -skip '^($(ALONE))$$' $$(go list ./... | grep -v /simulation)

build: ## without cgo
	CGO_ENABLED=0 go build -trimpath -o cashier .

screen: build ## drive the screens of cashier and manager through tmux (needs tmux)
	.ci/office ./cashier & .ci/screen ./cashier && wait $$!

fuzz: ## a minute for each fuzz target
	.ci/fuzz 60s

mutation: $(BIN) ## what the tests would not notice in pos/next.go and wechat/judge.go; ALL=1: in all of pos and wechat
	cd .ci/tools && go test ./mutation && go build -o $(BIN)/mutation ./mutation
	$(BIN)/mutation $(if $(ALL),pos wechat,pos/next.go wechat/judge.go)

proof: ## the proof of the money (docs/proof.md) at the size of a CI run
	.ci/proof ci

soak: $(BIN) ## the same at the size of a release, some hours; writes docs/soak. LAYER=kill: one layer of it
	.ci/proof soak $(LAYER)

golden: ## rewrite golden files from what the code does; then read the diff
	go test ./pos ./ui -update

demo: ## practice mode
	go run . practice

.PHONY: help check tidy lint test race build screen fuzz mutation proof soak golden demo
