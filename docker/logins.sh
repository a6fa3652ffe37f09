# Lets the roles log in, each with the password of its file. Passwords go by files and the environment: neither an argument
# nor a log shows them.
set -euo pipefail
PGPASSWORD="$(cat /run/secrets/postgres_password)"
export PGPASSWORD
exec psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --host postgres --username postgres --dbname agentpulse << 'SQL'
SET log_statement = none;
SET log_min_error_statement = panic;
SET log_min_duration_statement = -1;
\set capture `cat /run/secrets/capture_password`
\set writer `cat /run/secrets/writer_password`
\set gateway `cat /run/secrets/gateway_password`
ALTER ROLE agentpulse_capture LOGIN PASSWORD :'capture';
ALTER ROLE agentpulse_writer LOGIN PASSWORD :'writer';
ALTER ROLE agentpulse_gateway LOGIN PASSWORD :'gateway';
SQL
