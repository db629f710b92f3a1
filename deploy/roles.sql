-- 数据库和两个角色，由超级用户执行一次：psql -v owner_password=… -v app_password=… -f deploy/roles.sql
-- kaohe_owner 拥有库，只在升级时用；kaohe_app 什么都不拥有，建不了表，绕不过行级安全。
CREATE ROLE kaohe_owner LOGIN PASSWORD :'owner_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE kaohe_app LOGIN PASSWORD :'app_password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE kaohe OWNER kaohe_owner LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE kaohe FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE kaohe TO kaohe_app; -- 导入在临时表里检查
