{
  "targets": [
    {
      "target_name": "weir_datagram",
      "conditions": [
        [
          "OS=='linux'",
          {
            "sources": [
              "src/addon.cc",
              "src/address.cc",
              "src/error_queue.cc",
              "src/notify.cc",
              "src/open.cc",
              "src/passing.cc",
              "src/receiver.cc",
              "src/sender.cc",
              "src/socket.cc",
              "src/wishes.cc",
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
      "configurations": {
        # `node ops/native.mjs --asan`: the same code, watched by AddressSanitizer.
        "Debug": {
          "cflags": ["-fsanitize=address", "-fno-omit-frame-pointer", "-g"],
          "ldflags": ["-fsanitize=address"],
        },
      },
    },
  ],
}
