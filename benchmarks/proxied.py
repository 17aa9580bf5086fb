"""The program behind its front door: granian on one port, nginx with the files of `deploy/` on another."""

from __future__ import annotations

import http.client
import os
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.running import House, free_port
from shop.serving import server_command
from workshop.core.config import ROOT, settings_from

NAME = "vaerksted.example.dk"  # the name that stands in the configuration
DEPLOY = ROOT / "deploy" / "nginx"
CONNECTIONS = 16_384  # a worker's, as the README says to set them
STARTS_WITHIN_SECONDS = 60


class NginxMissingError(RuntimeError):
    """Debian's nginx is not installed here."""


@dataclass(frozen=True)
class Door:
    """Where somebody can knock: a port of this machine, and the certificate when it speaks TLS."""

    port: int
    certificate: Path | None = None

    def connect(self, timeout: float = 30) -> socket.socket:
        """A connection of a visitor who checks the certificate."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=timeout)
        if self.certificate is None:
            return plain
        try:
            return ssl.create_default_context(cafile=str(self.certificate)).wrap_socket(plain, server_hostname=NAME)
        except OSError:
            plain.close()
            raise

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, timeout: float = 30, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(NAME, timeout=timeout)
        connection.sock = self.connect(timeout)
        told = {"Host": NAME, **{name.replace("_", "-"): text for name, text in headers.items()}}
        with closing(connection):
            connection.request(method, path, body, told)
            answer = connection.getresponse()
            return answer, answer.read()


@contextmanager
def program(folder: Path, database_url: str, *, workers: int = 2, **settings: str) -> Iterator[Door]:
    """The web server alone, as it stands behind a proxy."""
    folder.mkdir(parents=True, exist_ok=True)
    behind = {"BASE_URL": f"https://{NAME}", "TRUSTED_HOSTS": "localhost,127.0.0.1", "TRUSTED_PROXIES": "1"}
    port = free_port()
    environment = {**House(folder, database_url, port, free_port()).environment, **behind, **settings}
    command = server_command(settings_from(environment), workers)
    with _running(command, folder / "web.log", {**os.environ, **environment}):
        door = Door(port)
        _wait(door)
        yield door


@contextmanager
def front_door(folder: Path, behind: Door) -> Iterator[Door]:
    """The files of `deploy/` in nginx, with a certificate of its own, and the program behind it.

    Raises NginxMissingError.
    """
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        raise NginxMissingError("nginx is not installed: sudo apt-get install nginx")
    folder = folder / "nginx"
    folder.mkdir(parents=True)
    door = Door(free_port(), self_signed(folder))
    main = folder / "nginx.conf"
    main.write_text(configuration(folder, door.port, free_port(), behind.port))
    with _running([nginx, "-c", str(main), "-e", str(folder / "start.log")], folder / "start.log"):
        _wait(door)
        yield door


def configuration(folder: Path, https: int, http_port: int, behind: int) -> str:
    """Debian's nginx.conf in short, with the site of `deploy/` on other ports and in other folders."""
    site = (DEPLOY / "vaerksted.conf").read_text()
    site = re.sub(r"\n *listen \[::\][^\n]*", "", site)
    site = site.replace("listen 443", f"listen 127.0.0.1:{https}").replace("listen 80", f"listen 127.0.0.1:{http_port}")
    for there, here in {
        "server 127.0.0.1:5000": f"server 127.0.0.1:{behind}",
        f"/etc/letsencrypt/live/{NAME}": str(folder),
        "/etc/nginx/vaerksted-headers.conf": str(DEPLOY / "vaerksted-headers.conf"),
        "/srv/vaerksted": str(ROOT),
        "/var/lib/nginx": str(folder),
        "/var/log/nginx": str(folder),
    }.items():
        if there not in site:
            raise ValueError(f"deploy/nginx/vaerksted.conf no longer says {there}")
        site = site.replace(there, here)
    places = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # the folders of a test are its owner's alone
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return (
        f"{user}daemon off;\npid {folder}/nginx.pid;\nworker_processes 2;\nworker_rlimit_nofile {files};\n"
        f"events {{ worker_connections {CONNECTIONS}; }}\n"
        f"http {{\ninclude /etc/nginx/mime.types;\ndefault_type application/octet-stream;\n{places}\n{site}\n}}\n"
    )


def self_signed(folder: Path) -> Path:
    """A certificate for a day, beside its key; where it lies."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate = folder / "fullchain.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return certificate


@contextmanager
def _running(command: list[str], log: Path, environment: dict[str, str] | None = None) -> Iterator[None]:
    """A program of ours and all it starts, gone after the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(door: Door) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            if door.ask("/healthz", timeout=2)[0].status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"nothing answers on port {door.port}")
