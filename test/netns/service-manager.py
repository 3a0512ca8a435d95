# Hears what a service says on the local socket that its argument names, as systemd would, and writes a line for each word.
import os
import socket
import sys

path = sys.argv[1]
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(path)
os.chmod(path, 0o777)
print("bound", flush=True)
while True:
    print(heard.recv(4096).decode(), flush=True)
