import socket
import subprocess
import sys

import pytest

from local.errors import PortTaken
from local.ports import check_free, free_port, is_free


def test_a_taken_port_is_reported_by_the_name_of_its_setting():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"JOBHUNT_S3_PORT: {port} is taken"):
            check_free({"JOBHUNT_API_PORT": free_port(), "JOBHUNT_S3_PORT": port})


def test_a_port_that_is_taken_on_every_address_is_taken():
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_two_settings_can_not_share_a_port():
    port = free_port()
    with pytest.raises(PortTaken, match="JOBHUNT_S3_PORT"):
        check_free({"JOBHUNT_API_PORT": port, "JOBHUNT_S3_PORT": port})


def test_free_ports_differ_and_leave_room_for_grpc():
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert all(is_free(port) and is_free(port + 10_000) for port in ports)


def test_another_process_does_not_choose_a_port_before_its_server_listens():
    port = free_port()
    program = f"""
import itertools
from local import ports
ports._offsets = itertools.count({port} - ports._FIRST_PORT)
print(ports.free_port())
"""
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert other.returncode == 0, other.stderr
    assert int(other.stdout) != port
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
