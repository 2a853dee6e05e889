// What nobody would write: the compiler and the evaluator answer it, and go on.
#include <gtest/gtest.h>

#include <random>

#include "common/cel/cel.h"
#include "common/cel/limits.h"
#include "touchstone/events/v1/touchpoint.pb.h"

namespace touchstone::cel {
namespace {

namespace events = touchstone::events::v1;

class RobustnessTest : public ::testing::Test {
 protected:
  RobustnessTest() {
    touchpoint_.add_names()->set_value("a");
    (*touchpoint_.mutable_attributes())["k"].set_text("v");
    activation_.Bind(0, touchpoint_);
  }

  // True if it compiles. A program that does is also evaluated, traced and searched; an error must lie in the text.
  bool Try(const std::string& text) {
    std::vector<CompileError> errors;
    const absl::StatusOr<Program> program = Compile(environment_, text, &errors);
    if (!program.ok()) {
      EXPECT_FALSE(errors.empty()) << text;
      for (const CompileError& error : errors) {
        EXPECT_GE(error.offset, 0) << text;
        EXPECT_LE(error.offset, static_cast<int>(text.size())) << text;
      }
      return false;
    }
    const absl::StatusOr<Value> value = program->Evaluate(activation_);
    if (value.ok()) {
      EXPECT_FALSE(ToString(*value).empty());
      EXPECT_FALSE(ToJson(*value).empty());
    }
    EXPECT_TRUE(Trace(*program, activation_, [](const auto&) { return false; }).ok());
    RequiredEqualities(*program, "touchpoint.type");
    activation_.Clear();
    activation_.Bind(0, touchpoint_);
    return true;
  }

  Environment environment_ = Environment::Builder()
                                 .Container("touchstone.events.v1")
                                 .Variable("touchpoint", Type::Message(events::Touchpoint::descriptor()))
                                 .Variable("any", Type::Dyn())
                                 .EnumsOf(events::Touchpoint::descriptor()->file())
                                 .Build()
                                 .value();
  events::Touchpoint touchpoint_;
  Activation activation_{environment_};
};

const char* const kPrograms[] = {
    R"(touchpoint.type == "order.delivered" && touchpoint.channel == Channel.PHONE)",
    R"(has(touchpoint.survey) ? touchpoint.survey.score < 7 : touchpoint.stars in [1, 2])",
    R"(touchpoint.names.exists(n, n.kind == NameKind.EMAIL && n.value.matches("^[a-z]+@")))",
    R"(touchpoint.attributes.map(k, k != "x", touchpoint.attributes[k].text + "\u00e9").size() > 0)",
    R"(touchpoint.occur_time + duration("1h30m") > timestamp("2026-11-22T10:00:00Z"))",
    R"(touchpoint.occur_time.getHours("Europe/Paris") >= 18 || !(any == null))",
    R"({"a": [1, 2u, -3.5e2], 'b': {}}["a"][0] + int("7") % 2 == 1)",
    R"([1, 2, 3].filter(x, x > 1).all(y, dyn(y) < 4.0) && b"\xff" != bytes(r'\d'))",
};

TEST_F(RobustnessTest, TheProgramsItStartsFromCompile) {
  for (const char* program : kPrograms) EXPECT_TRUE(Try(program)) << program;
}

TEST_F(RobustnessTest, RandomBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string text(random() % 60, '\0');
    for (char& c : text) c = static_cast<char>(random());
    Try(text);
  }
}

TEST_F(RobustnessTest, RandomTokens) {
  static const char* const kTokens[] = {"1",
                                        "2u",
                                        "'a'",
                                        "b'b'",
                                        ".5",
                                        "x",
                                        "any",
                                        "touchpoint",
                                        ".type",
                                        "has(",
                                        "size(",
                                        ".map(x,",
                                        ".all(x,",
                                        "(",
                                        ")",
                                        "[",
                                        "]",
                                        "{",
                                        "}",
                                        ",",
                                        ":",
                                        "?",
                                        "+",
                                        "-",
                                        "*",
                                        "/",
                                        "%",
                                        "==",
                                        "!=",
                                        "<",
                                        ">=",
                                        "&&",
                                        "||",
                                        "!",
                                        " in ",
                                        "null",
                                        "true",
                                        "false",
                                        "dyn(",
                                        ".",
                                        "//",
                                        "\n",
                                        "'",
                                        "\"\"\"",
                                        "\\",
                                        "Channel.PHONE",
                                        "duration('1s')",
                                        "int(",
                                        ".names",
                                        "[0]"};
  std::mt19937 random(2);
  int compiled = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int tokens = static_cast<int>(random() % 12); tokens >= 0; --tokens) text += kTokens[random() % std::size(kTokens)];
    compiled += Try(text) ? 1 : 0;
  }
  EXPECT_GT(compiled, 200);
}

TEST_F(RobustnessTest, MutatedPrograms) {
  std::mt19937 random(3);
  int compiled = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text = kPrograms[random() % std::size(kPrograms)];
    for (int edits = static_cast<int>(random() % 4); edits >= 0; --edits) {
      const size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text.erase(at, 1 + random() % 4);
          break;
        case 1:
          text.insert(at, text.substr(random() % text.size(), random() % 8));
          break;
        case 2:
          text[at] = static_cast<char>(random());
          break;
        default:
          text[at] = "()[]{}.,'\"0aux+-!&|?:"[random() % 21];
          break;
      }
      if (text.empty()) text = "1";
    }
    compiled += Try(text) ? 1 : 0;
  }
  EXPECT_GT(compiled, 200);
}

TEST_F(RobustnessTest, DeepNestingIsRefused) {
  const auto repeated = [](const std::string& what, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += what;
    return text;
  };
  for (int depth : {kTreeDepthMax + 50, 5000}) {
    for (const char* open : {"(", "[", "{1:", "!", "- ", "size(", "1 + (", "true ? true : ", "[1].map(x, ", "a[", "has("})
      EXPECT_FALSE(Try(repeated(open, depth)));
    EXPECT_FALSE(Try(repeated("(", depth) + "1" + repeated(")", depth)));
    EXPECT_FALSE(Try(repeated("!", depth) + "true"));
    EXPECT_FALSE(Try("1" + repeated("+1", depth)));
    EXPECT_FALSE(Try("any" + repeated(".a", depth)));
    EXPECT_FALSE(Try("any" + repeated("[0]", depth)));
  }
}

TEST_F(RobustnessTest, WhatCelAsksForIsAllowed) {
  const auto chain = [](const std::string& first, const std::string& next) {
    std::string text = first;
    for (int i = 0; i < 31; ++i) text += next;
    return text;
  };
  for (const std::string& text : {chain("true", " || true"), chain("true", " && true"), chain("1", " + 1"),
                                  chain("true", " == true"), chain("any", ".a"), chain("any", "[0]"), chain("[1", ", 1") + "]"}) {
    EXPECT_TRUE(Try(text)) << text;
  }
  EXPECT_TRUE(Try(std::string(32, '(') + "1" + std::string(32, ')')));
}

TEST_F(RobustnessTest, TooLongIsRefused) {
  EXPECT_FALSE(Try("'" + std::string(kExpressionBytesMax, 'x') + "'"));
  std::string list = "[1";
  for (int i = 0; i < kTreeNodesMax; ++i) list += ",1";
  EXPECT_FALSE(Try(list + "]"));
}

TEST_F(RobustnessTest, MacrosTooDeepAreRefused) {
  std::string text = "1";
  for (int i = 0; i <= kMacroDepthMax; ++i) text = "[1].map(x" + std::to_string(i) + ", " + text + ")";
  EXPECT_FALSE(Try(text));
}

}  // namespace
}  // namespace touchstone::cel
