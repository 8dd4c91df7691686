@echo off
rem Verify: compare with the plan. For HV4.
rem Written by nicplan; Windows Server 2008 R2. The rest is done by hand: see RUNBOOK.md.
hostname
netsh interface show interface
netsh interface ipv4 show config
netsh int tcp show global
rem chimney and checksum offload must be set alike here and in the guests; netstat -t shows offloaded connections
netstat -t
rem bindings on Server Core: nvspbind.exe /n lists the adapters, /o their order; management must come first
if exist "%~dp0nvspbind.exe" "%~dp0nvspbind.exe" /n
if exist "%~dp0nvspbind.exe" "%~dp0nvspbind.exe" /o
cluster node
cluster network
