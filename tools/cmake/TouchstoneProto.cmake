#   touchstone_proto_library(NAME [GRPC] ROOT folder FILES a/b.proto ... [DEPS ...])
#
# Compiles messages, and with GRPC their services, into `touchstone_NAME`; headers are included by their path below ROOT.

find_program(PROTOC protoc REQUIRED)
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# What protoc writes, without compiling it: enough for a linter to read the sources.
add_custom_target(generated_sources)

function(touchstone_proto_library name)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "FILES;DEPS" ${ARGN})
  set(out "${PROJECT_BINARY_DIR}/generated")
  set(sources)
  foreach(file IN LISTS ARG_FILES)
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(outputs "${out}/${stem}.pb.cc" "${out}/${stem}.pb.h")
    set(arguments "--cpp_out=${out}")
    if(ARG_GRPC)
      list(APPEND outputs "${out}/${stem}.grpc.pb.cc" "${out}/${stem}.grpc.pb.h")
      list(APPEND arguments "--grpc_out=${out}" "--plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN}")
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${CMAKE_COMMAND} -E make_directory "${out}"
      COMMAND ${PROTOC} ${arguments} -I "${ARG_ROOT}" -I "${PROJECT_SOURCE_DIR}/proto" -I "${TOUCHSTONE_GOOGLE_PROTOS}" "${file}"
      DEPENDS "${ARG_ROOT}/${file}"
      COMMENT "protoc ${file}"
      VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  set(target touchstone_${name})
  add_library(${target} STATIC ${sources})
  add_custom_target(${target}_sources DEPENDS ${sources})
  add_dependencies(generated_sources ${target}_sources)
  target_include_directories(${target} SYSTEM PUBLIC "${out}")
  target_compile_options(${target} PRIVATE -w -g0)
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
  if(ARG_GRPC)
    target_link_libraries(${target} PUBLIC gRPC::grpc++)
  endif()
  add_library(touchstone::${name} ALIAS ${target})
endfunction()
