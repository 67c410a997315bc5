# assay: a synthetic-data auditing suite in C.
#
#   make          build/assay and build/libassay.a
#   make demo     install what is missing, build, audit the bundled samples
#   make test     install what is missing, build, run all tests
#   make help     the other targets
#
# Nothing here needs a compiler or pkg-config before a recipe runs, so that `make demo` and `make test` can install both.

CC       = gcc
CFLAGS   = -O2 -g
LDFLAGS  =
PREFIX   = /usr/local
DESTDIR  =
BUILD    = build

MODULES  = core numeric datasets models generators metrics attacks audit report
LIB_SRC := $(sort $(foreach module,$(MODULES),$(wildcard $(module)/*.c)) $(wildcard metrics/*/*.c attacks/*/*.c))
CLI_SRC := $(sort $(wildcard cli/*.c))
MEASURES := $(sort $(wildcard metrics/*/*.c attacks/*/*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
HELPER_SRC := $(sort $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))

LIB      = $(BUILD)/libassay.a
PROGRAM  = $(BUILD)/assay
REGISTRY = $(BUILD)/gen/registry.c
FLAGS    = $(BUILD)/gen/flags
SOURCES  = $(BUILD)/gen/sources

LIB_OBJ  := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
CLI_OBJ  := $(CLI_SRC:%.c=$(BUILD)/obj/%.o)
HELPER_OBJ := $(HELPER_SRC:%.c=$(BUILD)/obj/%.o)
UNITS    := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
BENCHES  := $(BENCH_SRC:tests/bench/%.c=$(BUILD)/bench/%)
LIB_OBJ  += $(BUILD)/obj/registry.o

# Asked once, when the first recipe wants it. Headers of libraries count as system headers: their warnings are not ours.
PACKAGES = gsl libcjson pangocairo cairo pangoft2 libsodium zlib
PACKAGE_CFLAGS = $(eval PACKAGE_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES))))$(PACKAGE_CFLAGS)
PACKAGE_LIBS = $(eval PACKAGE_LIBS := $(filter-out -lgsl -lgslcblas -lm,$(shell pkg-config --libs $(PACKAGES))))$(PACKAGE_LIBS)

# OpenBLAS must come before whatever libgsl pulls in (libgslcblas is 14 times slower), even where nothing of ours calls it.
BLAS     = -lgsl -Wl,--push-state,--no-as-needed -lopenblas -Wl,--pop-state
LIBS     = $(BLAS) $(PACKAGE_LIBS) -lcsv -lxgboost -llinear -lpthread -lm

WARNINGS = -Wall -Wextra -Wshadow -Wconversion
# Numbers must not depend on the compiler's mood: no fused multiply-add, no -ffast-math.
COMPILE  = $(CC) -std=c11 -D_GNU_SOURCE $(CFLAGS) $(VECTOR) -ffp-contract=off $(WARNINGS) -I. $(PACKAGE_CFLAGS) -MMD -MP
JOBS     = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# V=1 shows the commands themselves.
Q        = $(if $(V),,@)
say      = @$(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),:,echo '  $(1)' '$(2)')

.PHONY: all demo test units check san tsan bench benches calibrate install uninstall clean deps help man force
.DELETE_ON_ERROR:
.SECONDARY:

all: $(LIB) $(if $(wildcard cli/main.c),$(PROGRAM))

help:
	@echo 'make            build/assay and build/libassay.a'
	@echo 'make demo       install what is missing, build, audit the bundled samples'
	@echo 'make test       install what is missing, build, run all tests'
	@echo 'make check      formatting, include rule, clang-tidy, cppcheck'
	@echo 'make san        the end-to-end tests under AddressSanitizer and UBSan'
	@echo 'make tsan       the end-to-end tests under ThreadSanitizer'
	@echo 'make bench      build and run the benchmarks'
	@echo 'make calibrate  how often honest tables pass and faults of known size are found (hours)'
	@echo 'make deps       install the Debian packages that are missing'
	@echo 'make man        write docs/man/assay.1 anew from the option tables'
	@echo 'make install    into PREFIX (/usr/local), under DESTDIR; make uninstall'
	@echo 'make clean      remove build/'
	@echo 'variables: CC CFLAGS LDFLAGS PREFIX DESTDIR BUILD, V=1 shows the commands'

# --- compiling ---------------------------------------------------------------------------------------------------------

# These two change only when their content does, and then what depends on them is made anew.
$(FLAGS): force
	@command -v $(firstword $(CC)) >/dev/null && command -v pkg-config >/dev/null || \
	    { echo "make: $(firstword $(CC)) or pkg-config is missing; 'make deps' installs all that is needed" >&2; exit 1; }
	@mkdir -p $(@D)
	@echo '$(CC) $(CFLAGS) $(LDFLAGS)' | cmp -s - $@ || echo '$(CC) $(CFLAGS) $(LDFLAGS)' > $@

$(SOURCES): force
	@mkdir -p $(@D)
	@echo '$(LIB_SRC)' | cmp -s - $@ || echo '$(LIB_SRC)' > $@

$(BUILD)/obj/%_avx2.o: VECTOR = $(if $(filter x86_64,$(shell uname -m)),-mavx2)
# Short loops over rows and cells, made for vectors: gcc leaves them scalar below -O3.
$(BUILD)/obj/numeric/counting_dense.o: VECTOR = -O3

$(BUILD)/obj/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -c $< -o $@

$(REGISTRY): $(MEASURES) $(SOURCES) tools/make_registry.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)tools/make_registry.sh $(MEASURES) > $@

$(BUILD)/obj/registry.o: $(REGISTRY) $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -c $< -o $@

$(LIB): $(LIB_OBJ) $(SOURCES)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $(LIB_OBJ)

$(PROGRAM): $(CLI_OBJ) $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(CLI_OBJ) $(LIB) $(LIBS) -o $@

# --- tests -------------------------------------------------------------------------------------------------------------

# A first line /* LIBS: -lNAME */ of a test asks for a library that only it needs.
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(HELPER_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $< $(HELPER_OBJ) $(LIB) $(LIBS) -lcriterion \
	    $$(sed -n '1s|^/\* LIBS: \(.*\) \*/$$|\1|p' tests/unit/$*.c) -o $@

units: $(UNITS)

test:
	@tools/deps.sh test
	@$(MAKE) --no-print-directory $(JOBS) all units
	@ASSAY=$(abspath $(PROGRAM)) tests/run.sh $(UNITS)

# LeakSanitizer does not see Criterion's child processes and ThreadSanitizer stops in them: the program is run instead.
san:
	@$(MAKE) --no-print-directory $(JOBS) all BUILD=build/san CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined'
	@ASSAY=$(abspath build/san/assay) SANITIZED=address ASAN_OPTIONS="exitcode=99 $$ASAN_OPTIONS" \
	    LSAN_OPTIONS="suppressions=$(abspath tests/sanitizers/lsan.supp):print_suppressions=0" tests/run.sh

tsan:
	@$(MAKE) --no-print-directory $(JOBS) all BUILD=build/tsan CFLAGS='-O1 -g -fsanitize=thread'
	@ASSAY=$(abspath build/tsan/assay) SANITIZED=thread TEST_TIMEOUT=$${TEST_TIMEOUT:-7200} \
	    TSAN_OPTIONS="halt_on_error=1:suppressions=$(abspath tests/sanitizers/tsan.supp) $$TSAN_OPTIONS" tests/run.sh

check: $(REGISTRY)
	@tools/check.sh '-std=c11 -D_GNU_SOURCE -I. $(PACKAGE_CFLAGS)' '$(WARNINGS)'

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $< $(LIB) $(LIBS) -o $@

benches: $(BENCHES)

bench:
	@$(MAKE) --no-print-directory $(JOBS) all benches
	@for bench in $(BENCHES) $(wildcard tests/bench/*.sh); do ASSAY=$(abspath $(PROGRAM)) $$bench || exit 1; done

# Every finished audit is kept in build/calibrate: an interrupted run goes on where it was.
calibrate:
	@$(MAKE) --no-print-directory $(JOBS) all
	@ASSAY=$(abspath $(PROGRAM)) tools/calibrate.sh simulate 200 20
	@ASSAY=$(abspath $(PROGRAM)) tools/calibrate.sh graded 20 20
	@ASSAY=$(abspath $(PROGRAM)) tools/calibrate.sh law_school 200 2 || [ $$? = 77 ]

# --- the rest ----------------------------------------------------------------------------------------------------------

deps:
	@tools/deps.sh test

demo:
	@tools/deps.sh build
	@$(MAKE) --no-print-directory $(JOBS) all
	@test -x tools/demo.sh || { echo 'make demo: tools/demo.sh is missing' >&2; exit 1; }
	@ASSAY=$(abspath $(PROGRAM)) tools/demo.sh

man: all
	@mkdir -p docs/man
	$(PROGRAM) help --man > docs/man/assay.1

install: all
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/assay
	@for page in docs/man/*.1; do \
	    test ! -f $$page || install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $$page || exit 1; done
	@for file in datasets/samples/*; do \
	    test ! -f $$file || install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/assay/samples $$file || exit 1; done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/assay $(DESTDIR)$(PREFIX)/share/man/man1/assay.1 $(DESTDIR)$(PREFIX)/share/man/man1/assay-*.1
	rm -rf $(DESTDIR)$(PREFIX)/share/assay

clean:
	rm -rf build

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
