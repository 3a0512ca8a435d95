{
  "targets": [
    {
      "target_name": "weir_store",
      "conditions": [
        [
          "OS=='linux'",
          {
            "sources": [
              "src/addon.cc",
              "src/ahead.cc",
              "src/covers.cc",
              "src/crc32.cc",
              "src/data-file.cc",
              "src/filler.cc",
              "src/guard.cc",
              "src/lookup.cc",
              "src/maps.cc",
              "src/reading.cc",
              "src/release.cc",
              "src/writers.cc",
            ],
          },
          {"type": "none"},
        ],
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NAPI_CPP_EXCEPTIONS"],
      "cflags": ["-Wall", "-Wextra", "-Wno-unused-parameter"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc": ["-std=c++17"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
    },
  ],
}
