import { expect, test } from "vitest";
import { hideInCommand } from "../../src/cli/output/command-secrets.ts";

test.each([
  ["migrate --password=hunter22 --verbose", "migrate --password=*** --verbose"],
  ["migrate --password hunter22", "migrate --password ***"],
  ["migrate --db-password hunter22 --force", "migrate --db-password *** --force"],
  ["migrate --api-key=a --apikey=b --token=c", "migrate --api-key=*** --apikey=*** --token=***"],
  ["env PGPASSWORD=hunter22 psql", "env PGPASSWORD=*** psql"],
  ["env DB_PASS=hunter22 psql", "env DB_PASS=*** psql"],
  ["env AWS_SECRET_ACCESS_KEY=a aws", "env AWS_SECRET_ACCESS_KEY=*** aws"],
  ["mysql -phunter22 shop", "mysql -p*** shop"],
  ["/usr/bin/mariadb-dump -phunter22 shop", "/usr/bin/mariadb-dump -p*** shop"],
  ["psql -p5432 shop", "psql -p5432 shop"],
  ["migrate postgres://app:hunter22@db/prod", "migrate postgres://***@db/prod"],
  ["migrate --password-file /run/secrets/db", "migrate --password-file /run/secrets/db"],
  ["npm run migrate -- --author=me --passive --key=1", "npm run migrate -- --author=me --passive --key=1"],
])("hideInCommand() shows %j as %j", (command, shown) => {
  expect(hideInCommand(command.split(" ")).join(" ")).toBe(shown);
});

test.each([
  ["PGPASSWORD=hunter22 psql -c 'select 1'", "PGPASSWORD=*** psql -c 'select 1'"],
  ["export TOKEN='a b'; deploy", "export TOKEN=***; deploy"],
  ["migrate --password 'a b' --force", "migrate --password *** --force"],
  ["Authorization: Bearer abc.def", "Authorization: ***"],
  ["x-api-key: abc", "x-api-key: ***"],
])("hideInCommand() shows the argument %j as %j", (argument, shown) => {
  expect(hideInCommand(["sh", "-c", argument])).toEqual(["sh", "-c", shown]);
});
