using System.CommandLine;
using Postern.Cli.Punch;

var root = new RootCommand("Connects two computers behind firewalls, and says why.") { PunchCommand.Create() };
return await root.Parse(args).InvokeAsync();
