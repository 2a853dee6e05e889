"""Each rule is shown what it must find and what it must leave alone."""

import pathlib
import tempfile
import unittest

import house_rules

DIRECTORY = "/ho" + "me/somebody"  # in two, or this file would break the rule it tests


class HouseRules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def found(self, rule, **files: str) -> list[str]:
        """Where `rule` finds something; files are named with `__` for `/` and `_DOT_` for `.`."""
        paths = []
        for name, text in files.items():
            path = name.replace("__", "/").replace("_DOT_", ".")
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")
            paths.append(path)
        return [f"{finding.path}:{finding.line}" for finding in rule(house_rules.Tree(self.root, sorted(paths)))]

    def test_clock_is_read_in_one_place(self):
        self.assertEqual(self.found(house_rules.clock, services__a_DOT_cc="\nauto t = absl::Now();\n"), ["services/a.cc:2"])
        self.assertEqual(self.found(house_rules.clock, services__a_DOT_cc="std::chrono::steady_clock::now();"), ["services/a.cc:1"])
        self.assertEqual(self.found(house_rules.clock, common__clock__a_DOT_cc="absl::Now();", tools__benchmarks__b_DOT_cc="absl::Now();"), [])
        self.assertEqual(self.found(house_rules.clock, services__a_DOT_cc="// not absl::Now()\nsystem_clock::time_point deadline;"), [])

    def test_tests_do_not_sleep(self):
        self.assertEqual(self.found(house_rules.sleeps, common__a_test_DOT_cc="absl::SleepFor(d);"), ["common/a_test.cc:1"])
        self.assertEqual(self.found(house_rules.sleeps, tests__e2e__a_DOT_cc="usleep(5);"), ["tests/e2e/a.cc:1"])
        self.assertEqual(self.found(house_rules.sleeps, common__a_DOT_cc="absl::SleepFor(d);"), [])

    def test_messages_are_not_printed_whole(self):
        self.assertEqual(self.found(house_rules.debug_strings, common__a_DOT_cc="m.ShortDebugString()"), ["common/a.cc:1"])
        self.assertEqual(self.found(house_rules.debug_strings, common__a_test_DOT_cc="m.DebugString()"), [])

    def test_nothing_is_left_for_later(self):
        self.assertEqual(self.found(house_rules.left_overs, proto__a_DOT_proto="\n// TODO: limits"), ["proto/a.proto:2"])

    def test_names_say_something(self):
        for path in ("common/utils/a.h", "common/string_util.cc", "tests/helpers.h", "common/common-types.h", "services/session_manager.h"):
            with self.subTest(path):
                (self.root / path).parent.mkdir(parents=True, exist_ok=True)
                self.assertEqual([f.path for f in house_rules.names(house_rules.Tree(self.root, [path]))], [path])
        self.assertEqual(list(house_rules.names(house_rules.Tree(self.root, ["common/names/name_order.h", "common/rpc/answer.h"]))), [])

    def test_limits_say_last_that_they_are(self):
        self.assertEqual(self.found(house_rules.limit_names, common__a_DOT_h="inline constexpr int kMaxNames = 8;"), ["common/a.h:1"])
        self.assertEqual(self.found(house_rules.limit_names, common__a_DOT_cc="// kMaxNames\n\nint a = kMinWait;"), ["common/a.cc:3"])
        self.assertEqual(self.found(house_rules.limit_names, common__a_DOT_h="int kNamesMax = 8, kMaximum = 1, kMax = 2;"), [])

    def test_headers_are_guarded_in_one_way(self):
        self.assertEqual(self.found(house_rules.header_guards, common__a_DOT_h="#ifndef A_H_\n#define A_H_\n#endif\n"), ["common/a.h:1"])
        self.assertEqual(self.found(house_rules.header_guards, common__a_DOT_h="#pragma once\n", common__a_DOT_cc="", tools__cmake__pre_DOT_h=""), [])

    def test_decisions_are_named_in_one_form(self):
        self.assertEqual(self.found(house_rules.decision_names, common__a_DOT_h="// ADR 6", README_DOT_md="\n(ADR 0010, ADR 11)"),
                         ["README.md:2", "common/a.h:1"])
        self.assertEqual(self.found(house_rules.decision_names, common__a_DOT_h="// ADR 0006"), [])

    def test_files_hold_one_thought(self):
        self.assertEqual(self.found(house_rules.sizes, common__a_DOT_cc="\n" * 601), ["common/a.cc:601"])
        self.assertEqual(self.found(house_rules.sizes, common__a_DOT_cc="\n" * 600), [])

    def test_no_path_of_one_machine(self):
        self.assertEqual(self.found(house_rules.machine_paths, README_DOT_md=f"see {DIRECTORY}/x"), ["README.md:1"])
        self.assertEqual(self.found(house_rules.machine_paths, README_DOT_md="pages under https://shop.example/home/page, ../work/x"), [])

    def test_every_test_is_listed(self):
        self.assertEqual(self.found(house_rules.listed_tests, common__a__CMakeLists_DOT_txt="TESTS b_test.cc", common__a__a_test_DOT_cc="",
                                    common__a__b_test_DOT_cc=""), ["common/a/a_test.cc:1"])
        self.assertEqual(self.found(house_rules.listed_tests, common__a__CMakeLists_DOT_txt="TESTS deep/c_test.cc",
                                    common__a__deep__c_test_DOT_cc=""), [])

    def test_every_contract_is_linted(self):
        config = "modules:\n  - path: proto\n"
        self.assertEqual(self.found(house_rules.linted_contracts, _DOT_buf_DOT_yaml=config, proto__a__a_DOT_proto="",
                                    services__a__proto__b_DOT_proto=""), ["services/a/proto/b.proto:1"])

    def test_domains_are_pure_through_the_whole_chain(self):
        self.assertEqual(self.found(house_rules.layers, services__x__domain__fold_DOT_cc='\n#include "services/x/near.h"\n',
                                    services__x__near_DOT_h='#include "services/x/far.h"\n', services__x__far_DOT_h="#include <mutex>\n"),
                         ["services/x/domain/fold.cc:2"])
        self.assertEqual(self.found(house_rules.layers, services__x__domain__fold_DOT_cc="#include <grpcpp/grpcpp.h>\n"),
                         ["services/x/domain/fold.cc:1"])
        self.assertEqual(self.found(house_rules.layers, services__x__domain__fold_DOT_cc='#include "common/names/name.h"\n#include "common/clock/proto_time.h"\n',
                                    services__x__processor_DOT_cc='#include "common/stream/processor.h"\n', common__names__name_DOT_h=""), [])

    def test_domains_read_no_clock(self):
        for header in ("clock", "system_clock", "believed_clock"):
            self.assertEqual(self.found(house_rules.layers, services__x__domain__fold_DOT_h=f'#include "common/clock/{header}.h"\n'),
                             ["services/x/domain/fold.h:1"])

    def test_includes_in_a_circle_end(self):
        self.assertEqual(self.found(house_rules.layers, services__x__domain__a_DOT_h='#include "services/x/domain/b.h"\n',
                                    services__x__domain__b_DOT_h='#include "services/x/domain/a.h"\n'), [])

    def test_pure_libraries_are_pure_too(self):
        listed = "touchstone_library(cel PURE\n  SOURCES lexer.cc\n  TESTS lexer_test.cc)\ntouchstone_library(cel_run\n  SOURCES run.cc)\n"
        self.assertEqual(self.found(house_rules.layers, common__cel__CMakeLists_DOT_txt=listed, common__cel__lexer_DOT_cc="#include <thread>\n",
                                    common__cel__run_DOT_cc="#include <thread>\n", common__cel__lexer_test_DOT_cc="#include <thread>\n"),
                         ["common/cel/lexer.cc:1"])


if __name__ == "__main__":
    unittest.main()
