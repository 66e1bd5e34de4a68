"""Keys and tokens of services, told by the prefix that their makers gave them so that they are found."""

from masker.infotypes._kinds import Kind

KIND = Kind(
    name="api_key",
    title="API key or access token",
    pattern=r"(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}"
    r"|[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}|AIza[\w-]{35}"
    r"|ya29\.[\w-]{20,}|sk-(?:proj-|ant-)?[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{16,}"
    r"|hf_[A-Za-z0-9]{30,}|dop_v1_[0-9a-f]{64}|key-[0-9a-f]{32}",
    shape="????????????????????",
    accident=0.0001,
    sources=("GitHub: secret scanning, supported patterns", "AWS IAM: unique identifiers"),
)
