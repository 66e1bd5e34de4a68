"""Hashes of passwords, told by the prefix of their scheme (crypt(5), PHC string format, Django, LDAP)."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="password_hash",
    title="password hash",
    pattern=r"\$2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53}|\$argon2[id]{1,2}\$.{20,}|\$(?:1|5|6|7|y|P|H|gy|scrypt)\$.{15,}"
    r"|(?:pbkdf2|bcrypt|scrypt|argon2)[_a-z0-9]*\$.{20,}|pbkdf2:sha[0-9]+:.{20,}|\{(?:SSHA|SHA|SMD5|CRYPT)[0-9]*\}.{12,}",
    shape="$@@@$################",
    accident=0.001,
    sources=("crypt(5)", "PHC string format", "RFC 2307"),
)
