#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/clock/proto_time.h"
#include "common/config/file_text.h"
#include "common/config/yaml.h"
#include "common/rpc/client.h"
#include "common/runtime/exit_code.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "tools/cli/command_line.h"
#include "tools/cli/commands.h"
#include "tools/cli/connection.h"
#include "tools/cli/import/mapped_files.h"
#include "tools/cli/import/reject_file.h"
#include "tools/cli/ingest_stream.h"
#include "tools/cli/pause.h"
#include "tools/cli/progress_bar.h"
#include "tools/cli/time_text.h"
#include "touchstone/ingestion/v1/ingestion_service.grpc.pb.h"

namespace touchstone::cli {
namespace {

using events::v1::Touchpoint;
using ingestion::v1::IngestionService;

struct ImportFlags {
  std::string mapping;
  std::vector<std::string> files;
  std::string rebase;
  std::string id;
  std::string rejects = "import-rejects.csv";
};

// A place as the tag of a touchpoint under way.
constexpr int kLineBits = 48;
int64_t TagOf(RowPlace place) { return (int64_t{place.file} << kLineBits) | place.line; }
RowPlace PlaceOf(int64_t tag) { return {static_cast<int>(tag >> kLineBits), tag & ((int64_t{1} << kLineBits) - 1)}; }

// What the suite knows of this import: how far its history is moved.
struct Begun {
  std::string import_id;
  std::optional<absl::Time> base;
};

absl::StatusOr<Begun> Begin(const ImportFlags& flags, const MappedFiles& files, IngestionService::Stub& stub, Context& context) {
  ingestion::v1::BeginImportRequest request;
  if (flags.id.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_import_id(), files.Fingerprint());
  } else {
    request.set_import_id(flags.id);
  }
  if (!flags.rebase.empty()) {
    const absl::StatusOr<absl::Time> base = ParseTime(flags.rebase, context.clock.Now());
    if (!base.ok()) return status::Annotated(base.status(), "--rebase");
    *request.mutable_rebase_time() = clock::ToProto(absl::FromUnixSeconds(absl::ToUnixSeconds(*base)));
  }
  ASSIGN_OR_RETURN(const ingestion::v1::BeginImportResponse response,
                   rpc::Call(stub, &IngestionService::Stub::BeginImport, request));
  if (!flags.rebase.empty() && !response.has_rebase_time()) {
    return absl::FailedPreconditionError(
        absl::StrCat("import ", request.import_id(),
                     " was begun without --rebase, and a repeat keeps what was said first: "
                     "repeat it without. Rows that are in already cannot be moved: to see them at other "
                     "times, import them into an empty data folder"));
  }
  Begun begun{.import_id = request.import_id()};
  if (response.has_rebase_time()) begun.base = clock::TimeFrom(response.rebase_time());
  return begun;
}

// How far the newest touchpoint of the files is from where it is to be.
absl::StatusOr<absl::Duration> ShiftTo(absl::Time base, const MappedFiles& files) {
  absl::Time newest = absl::InfinitePast();
  RETURN_IF_ERROR(files.Visit({.on_touchpoint =
                                   [&newest](const Touchpoint& touchpoint, RowPlace) {
                                     newest = std::max(newest, clock::TimeFrom(touchpoint.occur_time()));
                                     return absl::OkStatus();
                                   },
                               .on_reject = [](RowPlace, absl::string_view) {},
                               .on_progress = [](int64_t) {}}));
  return newest == absl::InfinitePast() ? absl::ZeroDuration() : base - newest;
}

void Shift(absl::Duration by, Touchpoint& touchpoint) {
  *touchpoint.mutable_occur_time() = clock::ToProto(clock::TimeFrom(touchpoint.occur_time()) + by);
  if (touchpoint.has_promise()) {
    google::protobuf::Timestamp& until = *touchpoint.mutable_promise()->mutable_until_time();
    until = clock::ToProto(clock::TimeFrom(until) + by);
  }
  for (auto& [name, value] : *touchpoint.mutable_attributes()) {
    if (value.has_time()) *value.mutable_time() = clock::ToProto(clock::TimeFrom(value.time()) + by);
  }
}

absl::Status SendAll(const MappedFiles& files, const Begun& begun, absl::Duration shift, IngestStream& stream,
                     RejectFile& rejects, Context& context) {
  ProgressBar bar(context.err, context.clock, context.terminal.progress, "import");
  const int64_t bytes = files.bytes();
  int64_t sent = 0;
  RETURN_IF_ERROR(files.Visit(
      {.on_touchpoint =
           [&](Touchpoint touchpoint, RowPlace place) {
             touchpoint.set_import_id(begun.import_id);
             Shift(shift, touchpoint);
             ++sent;
             return stream.Send(std::move(touchpoint), TagOf(place));
           },
       .on_reject = [&](RowPlace place, absl::string_view why) { rejects.Add(files.FileName(place.file), place.line, why); },
       .on_progress = [&](int64_t done) { bar.Show(done, bytes, sent); }}));
  return stream.Flush();
}

void Report(const Begun& begun, int64_t accepted, const RejectFile& rejects, absl::Duration took, Context& context) {
  if (context.json) {
    context.out << absl::Substitute(R"({"import_id":"$0","accepted":$1,"rejected":$2})", begun.import_id, accepted,
                                    rejects.count())
                << std::endl;
    return;
  }
  context.out << begun.import_id << ": " << GroupedNumber(accepted) << (accepted == 1 ? " touchpoint" : " touchpoints")
              << " taken in " << SpanText(took);
  if (begun.base.has_value())
    context.out << ", the newest moved to " << absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", *begun.base, absl::UTCTimeZone());
  if (rejects.count() > 0) context.out << "; " << GroupedNumber(rejects.count()) << " rejected, see " << rejects.path();
  context.out << std::endl;
}

absl::StatusOr<int> Import(const ImportFlags& flags, Context& context) {
  const absl::Duration begin = context.clock.Monotonic();
  const absl::StatusOr<std::string> mapping = config::ReadFileText(flags.mapping, config::kYamlBytesMax);
  if (!mapping.ok()) return runtime::SettingError(mapping.status());
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFiles> files, MappedFiles::Open(flags.mapping, *mapping, flags.files));
  RejectFile rejects(flags.rejects);
  RETURN_IF_ERROR(rejects.CheckWritable());
  ASSIGN_OR_RETURN(const auto stub, StubOf<IngestionService>(context));
  ASSIGN_OR_RETURN(const Begun begun, Begin(flags, *files, *stub, context));
  absl::Duration shift = absl::ZeroDuration();
  if (begun.base.has_value()) {
    ASSIGN_OR_RETURN(shift, ShiftTo(*begun.base, *files));
  }
  IngestStream stream(*stub, Pause, [&](int64_t tag, const absl::Status& why) {
    rejects.Add(files->FileName(PlaceOf(tag).file), PlaceOf(tag).line, why.message());
  });
  if (absl::Status status = SendAll(*files, begun, shift, stream, rejects, context); !status.ok()) {
    return status::Annotated(status, absl::StrCat("import ", begun.import_id, " stopped after ", stream.accepted(),
                                                  " touchpoints; run it again, nothing is taken twice"));
  }
  ingestion::v1::EndImportRequest end;
  end.set_import_id(begun.import_id);
  end.set_touchpoint_count(stream.accepted());
  RETURN_IF_ERROR(rpc::Call(*stub, &IngestionService::Stub::EndImport, end).status());
  RETURN_IF_ERROR(rejects.Close());
  Report(begun, stream.accepted(), rejects, context.clock.Monotonic() - begin, context);
  return rejects.count() == 0 ? runtime::kExitOk : runtime::kExitFailed;
}

}  // namespace

void AddImport(CLI::App& app, Context& context) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = DeclareRemote(
      app, context,
      {.name = "import",
       .what =
           "Imports CSV files by a mapping. Safe to repeat: the same rows are taken once. Exits with 1 where rows were rejected",
       .example = "touchstone import --mapping deploy/mappings/orders.yaml orders.csv customers.csv payments.csv reviews.csv"},
      [flags, &context] { return Import(*flags, context); });
  command->add_option("--mapping", flags->mapping, "How rows become touchpoints")->required()->type_name("FILE.yaml");
  command->add_option("FILE", flags->files, "CSV files that the mapping speaks of")->required();
  command
      ->add_option("--rebase", flags->rebase,
                   "Move all times so that the newest is at this one: now, RFC 3339. A repeat keeps the first")
      ->type_name("TIME");
  command->add_option("--id", flags->id, "Of this import, the same for a repeat [from mapping and files]")->type_name("ID");
  command->add_option("--rejects", flags->rejects, "Where rows go that cannot be taken [import-rejects.csv]")->type_name("FILE");
}

}  // namespace touchstone::cli
