@echo off
rem Apply: addresses, offload of TCP and names of connections, as far as netsh sets them. For HV4.
rem Written by nicplan; Windows Server 2008 R2. The rest is done by hand: see RUNBOOK.md.
setlocal
set "DO="
rem with /whatif the commands are only shown
if /i "%~1"=="/whatif" set "DO=echo"
echo Nothing here can be done by netsh. See RUNBOOK.md for what is done by hand.
endlocal
